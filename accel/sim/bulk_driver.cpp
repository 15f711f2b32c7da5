// Streams a whole vector set through a verilated design and writes down every beat that comes out.
//
//   driver IN OUT FRAMES IN_BEATS OUT_BEATS IDLE STALL SEED LIMIT
//
// IN holds FRAMES*IN_BEATS beats of IN_WORDS little-endian 32-bit words. OUT gets one record a beat: OUT_WORDS words, a word
// of flags (bit 0: TLAST, bit 1: valid dropped or data changed while the beat waited) and the 64-bit number of cycles since
// the transfer of the first input beat. In IDLE (STALL) percent of the cycles the source (sink) does nothing; 0 is full
// rate. It ends when all FRAMES*OUT_BEATS beats and a few idle cycles have passed, or LIMIT cycles without a transfer.
// Standard output: total cycles and nanoseconds they took.
//
// Macros: CLOCK, RESET, RESET_ACTIVE, IN_DATA, IN_VALID, IN_READY, OUT_DATA, OUT_VALID, OUT_READY, IN_WORDS, OUT_WORDS, and
// where there is TLAST, IN_LAST and OUT_LAST.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "Vtop.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {

template <class T>
void put(T &port, const uint32_t *words) {
    port = static_cast<T>(words[0]);
}
void put(QData &port, const uint32_t *words) { port = words[0] | static_cast<uint64_t>(words[1]) << 32; }
template <std::size_t N>
void put(VlWide<N> &port, const uint32_t *words) {
    for (std::size_t i = 0; i < N; ++i) port[i] = words[i];
}

template <class T>
void get(const T &port, uint32_t *words) {
    words[0] = port;
}
void get(const QData &port, uint32_t *words) {
    words[0] = static_cast<uint32_t>(port);
    words[1] = static_cast<uint32_t>(port >> 32);
}
template <std::size_t N>
void get(const VlWide<N> &port, uint32_t *words) {
    for (std::size_t i = 0; i < N; ++i) words[i] = port[i];
}

// xorshift64 (Marsaglia 2003); true in `percent` of the calls.
struct Dice {
    uint64_t state;
    unsigned percent;
    bool roll() {
        if (!percent) return false;
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (state >> 11) % 100 < percent;
    }
};

constexpr int kResetCycles = 8;
constexpr int kDrainCycles = 256;

struct Job {
    uint64_t frames, in_beats, out_beats;
    unsigned idle, stall;
    uint64_t seed, limit;
};

// A rising edge, then the clock low, which the next evaluation sees together with the next inputs.
void rise(Vtop &top) {
    top.CLOCK = 1;
    top.eval();
    top.CLOCK = 0;
}

uint64_t simulate(Vtop &top, const std::vector<uint32_t> &in, const Job &job, FILE *out) {
    const uint64_t to_send = job.frames * job.in_beats, to_receive = job.frames * job.out_beats;
    Dice idle{job.seed * 2 + 1, job.idle}, stall{job.seed * 2 + 0x9e3779b97f4a7c15u, job.stall};
    uint64_t sent = 0, received = 0, first = 0, quiet = 0, drain = 0, cycle = 0;
    bool offering = false, waiting = false, unstable = false;
    uint32_t now[OUT_WORDS] = {}, held[OUT_WORDS] = {};
    top.CLOCK = 0;
    top.RESET = RESET_ACTIVE;
    top.IN_VALID = 0;
    top.OUT_READY = 0;
    for (int i = 0; i < kResetCycles; ++i) {
        top.eval();
        rise(top);
    }
    top.RESET = !RESET_ACTIVE;
    for (; quiet < job.limit && drain < kDrainCycles && !Verilated::gotFinish(); ++cycle) {
        if (!offering && sent < to_send && !idle.roll()) {
            offering = true;
            put(top.IN_DATA, &in[sent * IN_WORDS]);
#ifdef IN_LAST
            top.IN_LAST = sent % job.in_beats == job.in_beats - 1;
#endif
        }
        top.IN_VALID = offering;
        top.OUT_READY = !stall.roll();
        top.eval();
        const bool take = offering && top.IN_READY, give = top.OUT_VALID && top.OUT_READY;
        if (top.OUT_VALID) {
            get(top.OUT_DATA, now);
            if (waiting && std::memcmp(now, held, sizeof now)) unstable = true;
            std::memcpy(held, now, sizeof now);
        } else if (waiting) {
            unstable = true;
        }
        waiting = top.OUT_VALID && !give;
        if (take) {
            if (!sent++) first = cycle;
            offering = false;
        }
        if (give) {
            uint32_t flags = unstable ? 2 : 0;
#ifdef OUT_LAST
            flags |= top.OUT_LAST ? 1 : 0;
#endif
            const uint64_t stamp = cycle - first;
            std::fwrite(now, 4, OUT_WORDS, out);
            std::fwrite(&flags, 4, 1, out);
            std::fwrite(&stamp, 8, 1, out);
            unstable = false;
            ++received;
        }
        quiet = take || give ? 0 : quiet + 1;
        if (received >= to_receive && sent == to_send) ++drain;
        rise(top);
    }
    return cycle;
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 10) return 2;
    const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
    const Job job{number(3), number(4), number(5), unsigned(number(6)), unsigned(number(7)), number(8), number(9)};
    Verilated::randReset(2);
    Verilated::randSeed(1);
    std::vector<uint32_t> in(job.frames * job.in_beats * IN_WORDS);
    FILE *source = std::fopen(argv[1], "rb"), *out = std::fopen(argv[2], "wb");
    if (!source || !out || std::fread(in.data(), 4, in.size(), source) != in.size()) return 3;
    const auto top = std::make_unique<Vtop>();
    const auto start = std::chrono::steady_clock::now();
    const uint64_t cycles = simulate(*top, in, job, out);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    top->final();
    if (std::fclose(out)) return 4;
    std::printf("cycles %llu ns %lld\n", (unsigned long long)cycles, (long long)took.count());
}
