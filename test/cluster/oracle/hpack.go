package main

import (
	"bytes"

	"golang.org/x/net/http2/hpack"
)

// hpackEncodeCase is a sequence of header lists that one connection sends.
type hpackEncodeCase struct {
	// Limit is the largest size of the table that the decoder allows.
	Limit uint32      `json:"limit"`
	Steps []hpackStep `json:"steps"`
}

type hpackStep struct {
	// Sizes that the table is set to before the list, one after the other.
	Sizes []uint32 `json:"sizes"`
	// List holds names and values in turn.
	List [][]byte `json:"list"`
	// Sensitive headers must never be indexed.
	Sensitive bool `json:"sensitive"`
}

// value gives a block for each list.
func (c *hpackEncodeCase) value() (any, error) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	encoder.SetMaxDynamicTableSizeLimit(c.Limit)
	blocks := [][]byte{}
	for _, step := range c.Steps {
		for _, size := range step.Sizes {
			encoder.SetMaxDynamicTableSize(size)
		}
		for i := 0; i+1 < len(step.List); i += 2 {
			err := encoder.WriteField(hpack.HeaderField{
				Name:      string(step.List[i]),
				Value:     string(step.List[i+1]),
				Sensitive: step.Sensitive,
			})
			if err != nil {
				return nil, err
			}
		}
		blocks = append(blocks, append([]byte{}, block.Bytes()...))
		block.Reset()
	}
	return blocks, nil
}

// hpackDecodeCase is a sequence of blocks that one connection receives.
type hpackDecodeCase struct {
	Blocks [][]byte `json:"blocks"`
}

// hpackLists are the lists of the blocks before the first that is refused, and why it is.
type hpackLists struct {
	Lists   [][][]byte `json:"lists"`
	Refused string     `json:"refused,omitempty"`
}

func (c *hpackDecodeCase) value() (any, error) {
	decoder := hpack.NewDecoder(4096, nil)
	decoded := hpackLists{Lists: [][][]byte{}}
	for _, block := range c.Blocks {
		fields, err := decoder.DecodeFull(block)
		if err != nil {
			decoded.Refused = err.Error()
			break
		}
		list := [][]byte{}
		for _, field := range fields {
			list = append(list, []byte(field.Name), []byte(field.Value))
		}
		decoded.Lists = append(decoded.Lists, list)
	}
	return decoded, nil
}
