// Activations of recurrent layers that hls4ml 1.3.0 has no class for, in its style; the writer includes this at the end of
// nnet_recr_activations.h.

#ifndef ACCEL_RECURRENT_ACTIVATIONS_H_
#define ACCEL_RECURRENT_ACTIVATIONS_H_

namespace nnet {

// *************************************************
//       Hard sigmoid: x / DIVISOR + 0.5, between 0 and 1, read from a table as the sigmoid is
// *************************************************
template <typename CONFIG_T, int DIVISOR> void init_hard_sigmoid_table(typename CONFIG_T::table_t table_out[CONFIG_T::table_size]) {
    for (unsigned i = 0; i < CONFIG_T::table_size; i++) {
        float in_val = 2 * 8.0 * (int(i) - int(CONFIG_T::table_size) / 2.0) / float(CONFIG_T::table_size);
        double line = double(in_val) / DIVISOR + 0.5;
        float real_val = line < 0 ? 0 : line > 1 ? 1 : line;
        table_out[i] = real_val;
    }
}

template <class data_T, class res_T, typename CONFIG_T, int DIVISOR>
void table_hard_sigmoid(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in]) {
#ifdef __HLS_SYN__
    bool initialized = false;
    typename CONFIG_T::table_t table[CONFIG_T::table_size];
#else
    static bool initialized = false;
    static typename CONFIG_T::table_t table[CONFIG_T::table_size];
#endif
    if (!initialized) {
        init_hard_sigmoid_table<CONFIG_T, DIVISOR>(table);
        initialized = true;
    }

    #pragma HLS PIPELINE
    for (unsigned i = 0; i < CONFIG_T::n_in; i++) {
        int index = data[i] * CONFIG_T::table_size / 16;
        index += CONFIG_T::table_size / 2;
        if (index < 0)
            index = 0;
        if (index > int(CONFIG_T::table_size) - 1)
            index = CONFIG_T::table_size - 1;
        res[i] = (res_T)table[index];
    }
}

namespace activation {

template <class data_T, class res_T, typename CONFIG_T> class hard_sigmoid : public Activation<data_T, res_T, CONFIG_T> {
  public:
    static void activation(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in]) {
        table_hard_sigmoid<data_T, res_T, CONFIG_T, 6>(data, res);
    }
};

template <class data_T, class res_T, typename CONFIG_T>
class keras2_hard_sigmoid : public Activation<data_T, res_T, CONFIG_T> {
  public:
    static void activation(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in]) {
        table_hard_sigmoid<data_T, res_T, CONFIG_T, 5>(data, res);
    }
};

} // namespace activation

} // namespace nnet

#endif
