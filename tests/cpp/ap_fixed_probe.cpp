// Casts, conversions and index arithmetic done by the real ap_fixed, so that tests can compare with them.
// Compiled with NDEBUG: without it, ap_fixed stops where more bits are dropped than the source has.
//
// cases.inc holds one call of a function below per line. Each call reads a count (uint32) and that many 8-byte inputs
// from the standard input and writes as many int64 results to the standard output.

#include "ap_fixed.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

template <class In> void each(int64_t (*f)(In)) {
    uint32_t count = 0;
    if (fread(&count, sizeof count, 1, stdin) != 1)
        exit(1);
    std::vector<In> in(count);
    std::vector<int64_t> out(count);
    if (fread(in.data(), sizeof(In), count, stdin) != count)
        exit(1);
    for (uint32_t i = 0; i < count; i++)
        out[i] = f(in[i]);
    fwrite(out.data(), sizeof(int64_t), count, stdout);
}

template <class S> S from_raw(int64_t raw) {
    S value;
    value.V = raw;
    return value;
}

// raw -> raw of the value assigned to D
template <class S, class D> void cast() {
    each<int64_t>(+[](int64_t raw) { return (int64_t)D(from_raw<S>(raw)).V; });
}

template <class D> void from_double() {
    each<double>(+[](double x) { return (int64_t)D(x).V; });
}

template <class D> void from_float() {
    each<double>(+[](double x) { return (int64_t)D((float)x).V; });
}

// raw -> (int)value
template <class S> void to_int() {
    each<int64_t>(+[](int64_t raw) { return (int64_t)(int)from_raw<S>(raw); });
}

// raw -> (int)(value * Size / Range), as the activation functions index their tables
template <class S, unsigned Size, int Range> void scaled() {
    each<int64_t>(+[](int64_t raw) {
        int index = from_raw<S>(raw) * Size / Range;
        return (int64_t)index;
    });
}

int main() {
#include "cases.inc"
}
