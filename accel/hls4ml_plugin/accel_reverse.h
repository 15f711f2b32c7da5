// The steps of a sequence in reverse order, which hls4ml 1.3.0 has no kernel for.

#ifndef ACCEL_REVERSE_H_
#define ACCEL_REVERSE_H_

#include "hls_stream.h"

namespace nnet {

template <class data_T, class res_T, typename CONFIG_T>
void reverse_steps(data_T data[CONFIG_T::n_steps * CONFIG_T::n_chan], res_T res[CONFIG_T::n_steps * CONFIG_T::n_chan]) {
    for (unsigned i = 0; i < CONFIG_T::n_steps; i++) {
        for (unsigned j = 0; j < CONFIG_T::n_chan; j++) {
            #pragma HLS UNROLL
            res[(CONFIG_T::n_steps - 1 - i) * CONFIG_T::n_chan + j] = data[i * CONFIG_T::n_chan + j];
        }
    }
}

template <class data_T, class res_T, typename CONFIG_T>
void reverse_steps(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    data_T steps[CONFIG_T::n_steps];
ReverseReadLoop:
    for (unsigned i = 0; i < CONFIG_T::n_steps; i++) {
        #pragma HLS PIPELINE
        steps[i] = data.read();
    }
ReverseWriteLoop:
    for (unsigned i = 0; i < CONFIG_T::n_steps; i++) {
        #pragma HLS PIPELINE
        res_T out_data;
        PRAGMA_DATA_PACK(out_data)
        for (unsigned j = 0; j < CONFIG_T::n_chan; j++) {
            #pragma HLS UNROLL
            out_data[j] = steps[CONFIG_T::n_steps - 1 - i][j];
        }
        res.write(out_data);
    }
}

} // namespace nnet

#endif
