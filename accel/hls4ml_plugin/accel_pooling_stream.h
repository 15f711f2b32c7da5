// Pooling in streams over windows that overlap, lie apart or are padded, which hls4ml 1.3.0 gives up on: its line buffer is fed
// with the padded frame. Included at the end of nnet_pooling_stream.h, whose own functions take the windows side by side.
//
// For a maximum, padding is the least number of the type, which is never larger than a pixel. A mean is that of the pixels inside the
// frame, as nnet_pooling.h has it: padding is zero, and a sum is divided by how many of the window's pixels are inside.

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

template <typename CONFIG_T> struct image_of_a_row : CONFIG_T {
    static const unsigned in_height = 1;
    static const unsigned in_width = CONFIG_T::n_in;
    static const unsigned pool_height = 1;
    static const unsigned filt_height = 1;
    static const unsigned stride_height = 1;
    static const unsigned pad_top = 0;
    static const unsigned pad_bottom = 0;
};

template <class data_T> data_T filled_pixel(typename data_T::value_type value) {
    data_T pixel;
    for (unsigned c = 0; c < data_T::size; c++) {
        #pragma HLS UNROLL
        pixel[c] = value;
    }
    return pixel;
}

template <class data_T> data_T least_pixel() {
    return filled_pixel<data_T>(hls::numeric_limits<typename data_T::value_type>::min());
}

// How many of the pixels from `first` on, counted from the padding's start, are inside the frame.
inline int pixels_inside(int first, int size, int pad, int in_size) {
    return MIN(first + size, pad + in_size) - MAX(first, pad);
}

template <class data_T, class res_T, typename CONFIG_T>
void padded_mean_cl(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    typedef padded_image<CONFIG_T> padded;
    typedef typename CONFIG_T::accum_t accum_t;
    constexpr unsigned taps = CONFIG_T::pool_height * CONFIG_T::pool_width;

    static ap_shift_reg<typename data_T::value_type, padded::in_width> line_buffer[MAX(CONFIG_T::pool_height - 1, 1)]
                                                                                  [CONFIG_T::n_filt];
    #pragma HLS ARRAY_PARTITION variable = line_buffer complete dim = 2
    static typename data_T::value_type kernel_data[taps * CONFIG_T::n_filt];
    #pragma HLS ARRAY_PARTITION variable = kernel_data complete dim = 0

ReadPaddedHeight:
    for (unsigned i = 0; i < padded::in_height; i++) {
    ReadPaddedWidth:
        for (unsigned j = 0; j < padded::in_width; j++) {
            #pragma HLS LOOP_FLATTEN
            #pragma HLS PIPELINE
            const bool inside = i >= CONFIG_T::pad_top && i < CONFIG_T::pad_top + CONFIG_T::in_height &&
                                j >= CONFIG_T::pad_left && j < CONFIG_T::pad_left + CONFIG_T::in_width;
            nnet::shift_line_buffer<data_T, padded>(inside ? data.read() : filled_pixel<data_T>(0), line_buffer, kernel_data);

            const int top = int(i) - int(CONFIG_T::pool_height) + 1, left = int(j) - int(CONFIG_T::pool_width) + 1;
            if (top < 0 || left < 0 || top % int(CONFIG_T::stride_height) || left % int(CONFIG_T::stride_width))
                continue;
            const int count = pixels_inside(top, CONFIG_T::pool_height, CONFIG_T::pad_top, CONFIG_T::in_height) *
                              pixels_inside(left, CONFIG_T::pool_width, CONFIG_T::pad_left, CONFIG_T::in_width);
            res_T res_pack;
            PRAGMA_DATA_PACK(res_pack)
        FiltLoop:
            for (unsigned c = 0; c < CONFIG_T::n_filt; c++) {
                #pragma HLS UNROLL
                accum_t window[taps];
                for (unsigned t = 0; t < taps; t++) {
                    window[t] = kernel_data[t * CONFIG_T::n_filt + c];
                }
                Op_add<accum_t> op_add;
                const accum_t sum = reduce<accum_t, taps, Op_add<accum_t>>(window, op_add);
                const accum_t mean = sum / count;
                res_pack[c] = mean;
            }
            res.write(res_pack);
        }
    }
}

template <class data_T, class res_T, typename CONFIG_T>
void pooling1d_cl(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    if (CONFIG_T::pad_left + CONFIG_T::pad_right == 0 && CONFIG_T::pool_width == CONFIG_T::stride_width) {
        pooling1d_beside_cl<data_T, res_T, CONFIG_T>(data, res);
        return;
    }
    if (CONFIG_T::pool_op == Average && CONFIG_T::pad_left + CONFIG_T::pad_right > 0) {
        padded_mean_cl<data_T, res_T, image_of_a_row<CONFIG_T>>(data, res);
        return;
    }
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
    if (CONFIG_T::pool_op == Average && pads > 0) {
        padded_mean_cl<data_T, res_T, CONFIG_T>(data, res);
        return;
    }
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
