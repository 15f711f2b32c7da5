// hls4ml's lookup tables and activation functions, run as its C simulation runs them.
//
// cases.inc holds one call of a function below per line; each reads a count (uint32) and that many int64 inputs from the
// standard input and writes as many int64 results to the standard output.

#include "nnet_utils/nnet_code_gen.h"
#include "nnet_utils/nnet_helpers.h"
#include "nnet_utils/nnet_activation.h"
#include "nnet_utils/nnet_activation_stream.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

static void each(int64_t (*f)(int64_t)) {
    uint32_t count = 0;
    if (fread(&count, sizeof count, 1, stdin) != 1)
        exit(1);
    std::vector<int64_t> values(count);
    if (fread(values.data(), sizeof(int64_t), count, stdin) != count)
        exit(1);
    for (int64_t &value : values)
        value = f(value);
    fwrite(values.data(), sizeof(int64_t), count, stdout);
}

template <class T, unsigned Size> struct Config : nnet::activ_config {
    static const unsigned n_in = 1;
    static const unsigned table_size = Size;
    typedef T table_t;
};

// index -> raw entry; table type, table size
#define ENTRIES(function)                                                                                                   \
    template <class T, unsigned Size> void function##_entries() {                                                           \
        each([](int64_t index) {                                                                                            \
            static T table[Size];                                                                                           \
            static bool ready = (nnet::init_##function##_table<Config<T, Size>, Size>(table), true);                        \
            return (int64_t)table[ready ? index : 0].V;                                                                     \
        });                                                                                                                 \
    }

// raw input -> raw output through the stream version of the function; input type, table type, result type, table size
#define LOOKUP(function)                                                                                                    \
    template <class X, class T, class R, unsigned Size> void function##_lookup() {                                          \
        each([](int64_t raw) {                                                                                              \
            typedef nnet::array<X, 1> XPack;                                                                                \
            typedef nnet::array<R, 1> RPack;                                                                                \
            static hls::stream<XPack> in;                                                                                   \
            static hls::stream<RPack> out;                                                                                  \
            XPack x;                                                                                                        \
            x[0].V = raw;                                                                                                   \
            in.write(x);                                                                                                    \
            nnet::function<XPack, RPack, Config<T, Size>>(in, out);                                                         \
            return (int64_t)out.read()[0].V;                                                                                \
        });                                                                                                                 \
    }

ENTRIES(sigmoid)
ENTRIES(tanh)
ENTRIES(softplus)
ENTRIES(softsign)
LOOKUP(sigmoid)
LOOKUP(tanh)
LOOKUP(softplus)
LOOKUP(softsign)

template <class Exp, class Inverse, unsigned Size> struct SoftmaxConfig {
    static const unsigned exp_table_size = Size;
    static const unsigned inv_table_size = Size;
    typedef Exp exp_table_t;
    typedef Inverse inv_table_t;
    static constexpr float exp_scale = 1.0;
};

// index -> raw entry; the type that addresses the table, table type, table size
template <class X, class T, unsigned Size> void exp_entries() {
    each([](int64_t index) {
        static T table[Size];
        static bool ready = (nnet::init_exp_table<X, SoftmaxConfig<T, T, Size>>(table, true), true);
        return (int64_t)table[ready ? index : 0].V;
    });
}

template <class X, class T, unsigned Size> void inverse_entries() {
    each([](int64_t index) {
        static T table[Size];
        static bool ready = (nnet::init_invert_table<X, SoftmaxConfig<T, T, Size>>(table), true);
        return (int64_t)table[ready ? index : 0].V;
    });
}

// raw -> address
template <class X, unsigned Size> void softmax_address() {
    each([](int64_t raw) {
        X x;
        x.V = raw;
        return (int64_t)nnet::softmax_idx_from_real_val<X, Size>(x);
    });
}

int main() {
#include "cases.inc"
}
