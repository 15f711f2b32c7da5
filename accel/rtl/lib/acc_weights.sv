// Words of weights, one after another and again from the first: each go_i asks for one, which stays until that of the next.
//
// One word alone is FirstWord, a constant. Several are read into a ROM from WeightFile by $readmemh. One in block RAMs is
// read a word ahead, so that a register stands between these and the multipliers at no cycle.
//
// Latency of several words: 1 cycle from go_i; none with Primed, where reset gives FirstWord, which is the first of them.
// address_o is the number of the word that go_i asks for, or with Primed of the one behind it.

module acc_weights #(
    parameter int Words = 4,  // how many
    parameter int Width = 8,  // bits of one
    parameter bit Primed = 0,  // whether each is there with its go_i
    parameter logic [Width-1:0] FirstWord = '0,  // the only word, or with Primed the first one
    parameter bit Ram = Words > 64,  // whether they are in block RAMs
    parameter WeightFile = "",  // ROM contents, one word a line
    parameter int AddressWidth = Words > 1 ? $clog2(Words) : 1  // derived
) (
    input  logic                    clk_i,
    input  logic                    rst_ni,
    input  logic                    go_i,
    output logic [AddressWidth-1:0] address_o,
    output logic [       Width-1:0] word_o
);

  generate
    if (Words == 1) begin : gen_constant
      assign address_o = '0;
      assign word_o = FirstWord;
      logic unused;
      assign unused = &{1'b0, clk_i, rst_ni, go_i};
    end else begin : gen_rom
      (* rom_style = Ram ? "block" : "auto" *)
      logic [Width-1:0] rom[0:Words-1];
      logic [Width-1:0] coming, word_q;
      logic [AddressWidth-1:0] address_q, address_d;
      initial if (WeightFile != "") $readmemh(WeightFile, rom);
      if (Ram) begin : gen_ahead
        logic [AddressWidth-1:0] next_q;  // the way from a register to block RAMs is long enough
        logic [Width-1:0] ahead_q;
        assign address_d = rst_ni ? next_q : AddressWidth'(Primed);
        always_ff @(posedge clk_i) begin
          if (go_i || !rst_ni) begin
            next_q  <= (address_d == AddressWidth'(Words - 1)) ? '0 : address_d + 1'b1;
            ahead_q <= rom[address_d];
          end
        end
        assign coming = ahead_q;
      end else begin : gen_direct
        logic last;
        assign last = address_q == AddressWidth'(Words - 1);
        assign address_d = !rst_ni ? AddressWidth'(Primed) : last ? '0 : address_q + 1'b1;
        assign coming = rom[address_q];
      end
      always_ff @(posedge clk_i) begin
        if (go_i || !rst_ni) address_q <= address_d;
        if (Primed && !rst_ni) word_q <= FirstWord;
        else if (go_i) word_q <= coming;
      end
      assign address_o = address_q;
      assign word_o = word_q;
    end
  endgenerate

endmodule
