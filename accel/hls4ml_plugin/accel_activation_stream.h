// Activations that hls4ml 1.3.0 has no kernel for, in its style; the writer includes this at the end of nnet_activation_stream.h.

#ifndef ACCEL_ACTIVATION_STREAM_H_
#define ACCEL_ACTIVATION_STREAM_H_

namespace nnet {

// *************************************************
//       SiLU (swish): x times the sigmoid's table
// *************************************************
template <class x_T, typename CONFIG_T> unsigned sigmoid_index(x_T x) {
    int data_round = x * CONFIG_T::table_size / 16;
    int index = data_round + 8 * CONFIG_T::table_size / 16;
    if (index < 0)
        index = 0;
    else if (index > CONFIG_T::table_size - 1)
        index = CONFIG_T::table_size - 1;
    return index;
}

template <class data_T, class res_T, typename CONFIG_T> void silu(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in]) {
    // Initialize the lookup table
#ifdef __HLS_SYN__
    bool initialized = false;
    typename CONFIG_T::table_t sigmoid_table[CONFIG_T::table_size];
#else
    static bool initialized = false;
    static typename CONFIG_T::table_t sigmoid_table[CONFIG_T::table_size];
#endif
    if (!initialized) {
        init_sigmoid_table<CONFIG_T, CONFIG_T::table_size>(sigmoid_table);
        initialized = true;
    }

    #pragma HLS PIPELINE
    for (int i = 0; i < CONFIG_T::n_in; i++) {
        res[i] = data[i] * sigmoid_table[sigmoid_index<data_T, CONFIG_T>(data[i])];
    }
}

template <class data_T, class res_T, typename CONFIG_T> void silu(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    // Initialize the lookup table
#ifdef __HLS_SYN__
    bool initialized = false;
    typename CONFIG_T::table_t sigmoid_table[CONFIG_T::table_size];
#else
    static bool initialized = false;
    static typename CONFIG_T::table_t sigmoid_table[CONFIG_T::table_size];
#endif
    if (!initialized) {
        init_sigmoid_table<CONFIG_T, CONFIG_T::table_size>(sigmoid_table);
        initialized = true;
    }

SiLUActLoop:
    for (int i = 0; i < CONFIG_T::n_in / res_T::size; i++) {
        #pragma HLS PIPELINE
        data_T in_data = data.read();
        res_T out_data;
        PRAGMA_DATA_PACK(out_data)
    SiLUPackLoop:
        for (int j = 0; j < res_T::size; j++) {
            #pragma HLS UNROLL
            out_data[j] = in_data[j] * sigmoid_table[sigmoid_index<typename data_T::value_type, CONFIG_T>(in_data[j])];
        }
        res.write(out_data);
    }
}

// *************************************************
//       ReLU up to 6 or 1, in streams
// *************************************************
template <class data_T, class res_T, int MAX_INT, typename CONFIG_T>
void relu_max(hls::stream<data_T> &data, hls::stream<res_T> &res) {
ReLUMaxActLoop:
    for (int i = 0; i < CONFIG_T::n_in / res_T::size; i++) {
        #pragma HLS PIPELINE
        data_T in_data = data.read();
        res_T out_data;
        PRAGMA_DATA_PACK(out_data)
    ReLUMaxPackLoop:
        for (int j = 0; j < res_T::size; j++) {
            #pragma HLS UNROLL
            if (in_data[j] < 0)
                out_data[j] = 0;
            else if (in_data[j] > MAX_INT)
                out_data[j] = MAX_INT;
            else
                out_data[j] = in_data[j];
        }
        res.write(out_data);
    }
}

template <class data_T, class res_T, typename CONFIG_T> void relu6(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    relu_max<data_T, res_T, 6, CONFIG_T>(data, res);
}

template <class data_T, class res_T, typename CONFIG_T> void relu1(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    relu_max<data_T, res_T, 1, CONFIG_T>(data, res);
}

} // namespace nnet

#endif
