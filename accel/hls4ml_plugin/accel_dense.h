// The product for a reuse factor above the inputs and no multiple of them: hls4ml 1.3.0 has its function, and names this class
// in the configuration of convolutions, but lacks it; the writer includes this at the end of nnet_dense.h.

#ifndef ACCEL_DENSE_H_
#define ACCEL_DENSE_H_

namespace nnet {

template <class data_T, class res_T, typename CONFIG_T>
class DenseResource_rf_gt_nin : public DenseKernel<data_T, res_T, CONFIG_T> {
  public:
    static void dense(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_out],
                      typename CONFIG_T::weight_t weights[CONFIG_T::n_in * CONFIG_T::n_out],
                      typename CONFIG_T::bias_t biases[CONFIG_T::n_out]) {
        #pragma HLS INLINE
        dense_resource_rf_gt_nin<data_T, res_T, CONFIG_T>(data, res, weights, biases);
    }
};

} // namespace nnet

#endif
