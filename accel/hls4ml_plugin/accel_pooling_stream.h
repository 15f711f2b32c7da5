// Pooling in streams over windows that overlap, lie apart or are padded, which hls4ml 1.3.0 gives up on: its line buffer is fed
// with the padded frame. Included at the end of nnet_pooling_stream.h, whose own functions take the windows side by side.
//
// Padding is the least number of the type, which is never larger than a pixel; a mean is not padded.

#ifndef ACCEL_POOLING_STREAM_H_
#define ACCEL_POOLING_STREAM_H_

namespace nnet {

template <typename CONFIG_T> struct padded_frame : CONFIG_T {
    static const unsigned n_in = CONFIG_T::n_in + CONFIG_T::pad_left + CONFIG_T::pad_right;
};

template <typename CONFIG_T> struct padded_image : CONFIG_T {
    static const unsigned in_height = CONFIG_T::in_height + CONFIG_T::pad_top + CONFIG_T::pad_bottom;
    static const unsigned in_width = CONFIG_T::in_width + CONFIG_T::pad_left + CONFIG_T::pad_right;
};

template <class data_T> data_T least_pixel() {
    data_T pixel;
    for (unsigned c = 0; c < data_T::size; c++) {
        #pragma HLS UNROLL
        pixel[c] = hls::numeric_limits<typename data_T::value_type>::min();
    }
    return pixel;
}

template <class data_T, class res_T, typename CONFIG_T>
void pooling1d_cl(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    if (CONFIG_T::pad_left + CONFIG_T::pad_right == 0 && CONFIG_T::pool_width == CONFIG_T::stride_width) {
        pooling1d_beside_cl<data_T, res_T, CONFIG_T>(data, res);
        return;
    }
    assert(CONFIG_T::pool_op == Max || CONFIG_T::pad_left + CONFIG_T::pad_right == 0);
    typedef padded_frame<CONFIG_T> padded;

ReadPaddedWidth:
    for (unsigned i = 0; i < padded::n_in; i++) {
        #pragma HLS PIPELINE
        const bool inside = i >= CONFIG_T::pad_left && i < CONFIG_T::pad_left + CONFIG_T::n_in;
        compute_pool_buffer_1d<data_T, res_T, padded>(inside ? data.read() : least_pixel<data_T>(), res);
    }
}

template <class data_T, class res_T, typename CONFIG_T>
void pooling2d_cl(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    constexpr unsigned pads = CONFIG_T::pad_top + CONFIG_T::pad_bottom + CONFIG_T::pad_left + CONFIG_T::pad_right;
    if (pads == 0 && CONFIG_T::pool_height == CONFIG_T::stride_height && CONFIG_T::pool_width == CONFIG_T::stride_width) {
        pooling2d_beside_cl<data_T, res_T, CONFIG_T>(data, res);
        return;
    }
    assert(CONFIG_T::pool_op == Max || pads == 0);
    typedef padded_image<CONFIG_T> padded;

    static ap_shift_reg<typename data_T::value_type, padded::in_width> line_buffer[MAX(CONFIG_T::pool_height - 1, 1)]
                                                                                  [CONFIG_T::n_filt];
    #pragma HLS ARRAY_PARTITION variable = line_buffer complete dim = 2

ReadPaddedHeight:
    for (unsigned i = 0; i < padded::in_height; i++) {
    ReadPaddedWidth:
        for (unsigned j = 0; j < padded::in_width; j++) {
            #pragma HLS LOOP_FLATTEN
            #pragma HLS PIPELINE
            const bool inside = i >= CONFIG_T::pad_top && i < CONFIG_T::pad_top + CONFIG_T::in_height &&
                                j >= CONFIG_T::pad_left && j < CONFIG_T::pad_left + CONFIG_T::in_width;
            compute_pool_buffer_2d<data_T, res_T, padded>(inside ? data.read() : least_pixel<data_T>(), line_buffer, res);
        }
    }
}

} // namespace nnet

#endif
