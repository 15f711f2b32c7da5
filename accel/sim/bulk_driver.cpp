// Streams whole vector sets through a verilated design and writes down every beat that comes out.
//
//   driver FRAMES IDLE STALL SEED LIMIT
//
// in0.bin, in1.bin, ... hold the beats of each input, of little-endian 32-bit words. out0.bin, ... get one record a beat: its
// words, a word of flags (bit 0: TLAST, bit 1: valid dropped or data changed while the beat waited) and the 64-bit number of
// cycles since the first transfer at an input. In IDLE (STALL) percent of the cycles a source (sink) does nothing; 0 is full
// rate. It ends when all beats and a few idle cycles have passed, or LIMIT cycles without a transfer.
// Standard output: total cycles and nanoseconds they took.
//
// Macros: CLOCK, RESET, RESET_ACTIVE. The streams' ports are in ports.h, as accel/sim/drive.py writes them.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
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
    uint64_t frames;
    unsigned idle, stall;
    uint64_t seed, limit;
};

// An input: the beats to send, and the one on offer.
struct Source {
    unsigned words;
    uint64_t beats;
    void (*offer)(Vtop &, const uint32_t *, bool last);
    void (*valid)(Vtop &, bool);
    bool (*ready)(Vtop &);
    Dice idle{};
    std::vector<uint32_t> in{};
    uint64_t sent = 0, to_send = 0;
    bool offering = false;
};

// An output: the beat seen last, which must not change while it waits.
struct Sink {
    unsigned words;
    uint64_t beats;
    void (*take)(Vtop &, uint32_t *);
    bool (*valid)(Vtop &);
    void (*ready)(Vtop &, bool);
    bool (*last)(Vtop &);
    Dice stall{};
    FILE *out = nullptr;
    std::vector<uint32_t> now{}, held{};
    uint64_t received = 0, to_receive = 0;
    bool takes = false, waiting = false, unstable = false;
};

struct Streams {
    std::vector<Source> sources;
    std::vector<Sink> sinks;
};

Streams streams() {
    Streams made;
#define SOURCE(DATA, VALID, READY, WORDS, BEATS, LAST)                                           \
    made.sources.push_back(Source{WORDS, BEATS,                                                  \
                                  [](Vtop &top, const uint32_t *beat, bool last) {               \
                                      put(top.DATA, beat);                                       \
                                      LAST;                                                      \
                                  },                                                             \
                                  [](Vtop &top, bool on) { top.VALID = on; },                    \
                                  [](Vtop &top) { return bool(top.READY); }});
#define SINK(DATA, VALID, READY, WORDS, BEATS, LAST)                                             \
    made.sinks.push_back(Sink{WORDS, BEATS, [](Vtop &top, uint32_t *beat) { get(top.DATA, beat); }, \
                              [](Vtop &top) { return bool(top.VALID); },                         \
                              [](Vtop &top, bool on) { top.READY = on; },                        \
                              [](Vtop &top) { (void)top; return bool(LAST); }});
#include "ports.h"
    return made;
}

// A rising edge, then the clock low, which the next evaluation sees together with the next inputs.
void rise(Vtop &top) {
    top.CLOCK = 1;
    top.eval();
    top.CLOCK = 0;
}

void reset(Vtop &top, Streams &all) {
    top.CLOCK = 0;
    top.RESET = RESET_ACTIVE;
    for (auto &source : all.sources) source.valid(top, false);
    for (auto &sink : all.sinks) sink.ready(top, false);
    for (int i = 0; i < kResetCycles; ++i) {
        top.eval();
        rise(top);
    }
    top.RESET = !RESET_ACTIVE;
}

void offer(Vtop &top, Source &source) {
    if (!source.offering && source.sent < source.to_send && !source.idle.roll()) {
        source.offering = true;
        source.offer(top, &source.in[source.sent * source.words], source.sent % source.beats == source.beats - 1);
    }
    source.valid(top, source.offering);
}

// Whether a beat was taken; it is written with the cycle it came in.
bool collect(Vtop &top, Sink &sink, uint64_t stamp) {
    const bool valid = sink.valid(top), give = valid && sink.takes;
    const std::size_t bytes = sink.words * 4;
    if (valid) {
        sink.take(top, sink.now.data());
        if (sink.waiting && std::memcmp(sink.now.data(), sink.held.data(), bytes)) sink.unstable = true;
        std::memcpy(sink.held.data(), sink.now.data(), bytes);
    } else if (sink.waiting) {
        sink.unstable = true;
    }
    sink.waiting = valid && !give;
    if (give) {
        const uint32_t flags = (sink.unstable ? 2 : 0) | (sink.last(top) ? 1 : 0);
        std::fwrite(sink.now.data(), 4, sink.words, sink.out);
        std::fwrite(&flags, 4, 1, sink.out);
        std::fwrite(&stamp, 8, 1, sink.out);
        sink.unstable = false;
        ++sink.received;
    }
    return give;
}

uint64_t simulate(Vtop &top, Streams &all, uint64_t limit) {
    uint64_t first = 0, quiet = 0, drain = 0, cycle = 0;
    bool begun = false;
    reset(top, all);
    for (; quiet < limit && drain < kDrainCycles && !Verilated::gotFinish(); ++cycle) {
        for (auto &source : all.sources) offer(top, source);
        for (auto &sink : all.sinks) sink.ready(top, sink.takes = !sink.stall.roll());
        top.eval();
        bool moved = false, whole = true;
        for (auto &source : all.sources) {
            if (source.offering && source.ready(top)) {
                if (!begun) first = cycle;
                begun = moved = true;
                source.offering = false;
                ++source.sent;
            }
            whole &= source.sent == source.to_send;
        }
        for (auto &sink : all.sinks) {
            moved |= collect(top, sink, cycle - first);
            whole &= sink.received >= sink.to_receive;
        }
        quiet = moved ? 0 : quiet + 1;
        drain += whole;
        rise(top);
    }
    return cycle;
}

// The files of all streams; false where one is not there or too short.
bool open(Streams &all, const Job &job) {
    uint64_t number = 0;
    for (auto &source : all.sources) {
        source.idle = Dice{job.seed * 2 + 1 + number * 0x51ed270b, job.idle};
        source.to_send = job.frames * source.beats;
        source.in.resize(source.to_send * source.words);
        FILE *in = std::fopen(("in" + std::to_string(number++) + ".bin").c_str(), "rb");
        if (!in || std::fread(source.in.data(), 4, source.in.size(), in) != source.in.size()) return false;
        std::fclose(in);
    }
    number = 0;
    for (auto &sink : all.sinks) {
        sink.stall = Dice{job.seed * 2 + 0x9e3779b97f4a7c15u + number * 0x51ed270b, job.stall};
        sink.to_receive = job.frames * sink.beats;
        sink.now.resize(sink.words);
        sink.held.resize(sink.words);
        sink.out = std::fopen(("out" + std::to_string(number++) + ".bin").c_str(), "wb");
        if (!sink.out) return false;
    }
    return true;
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
    const Job job{number(1), unsigned(number(2)), unsigned(number(3)), number(4), number(5)};
    Verilated::randReset(2);
    Verilated::randSeed(1);
    Streams all = streams();
    if (!open(all, job)) return 3;
    const auto top = std::make_unique<Vtop>();
    const auto start = std::chrono::steady_clock::now();
    const uint64_t cycles = simulate(*top, all, job.limit);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    top->final();
    for (auto &sink : all.sinks) {
        if (std::fclose(sink.out)) return 4;
    }
    std::printf("cycles %llu ns %lld\n", (unsigned long long)cycles, (long long)took.count());
}
