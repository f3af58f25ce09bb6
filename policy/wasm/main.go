//go:build wasip1

// Command wasm is policy for the phone and the public pages: a WebAssembly
// module (WASI preview 1) with one function, bytes in and bytes out. The host
// asks for room, writes a question there and calls answer:
//
//	at = room(n)            // write n bytes of JSON at this address
//	packed = answer(n)      // address << 32 | length of the answer
//
// It starts without parameters: the host gives it the files that its server
// goes by, one by one, each with parameters(n), whose answer is empty, or what
// is wrong with the file. So a phone cannot know other values than its server.
package main

import (
	"unsafe"

	"caunoi/policy"
)

var (
	in, out []byte
	known   = new(policy.Parameters)
)

//go:wasmexport room
func room(n int32) unsafe.Pointer {
	if cap(in) < int(n) {
		in = make([]byte, max(int(n), 4096))
	}
	in = in[:max(n, 1)]
	return unsafe.Pointer(&in[0])
}

//go:wasmexport answer
func answer(n int32) int64 {
	out, _ = known.Answer(out[:0], string(in[:n]))
	return packed()
}

//go:wasmexport parameters
func parameters(n int32) int64 {
	p, problems := known.With("parameters", string(in[:n]))
	out = out[:0]
	if len(problems) > 0 {
		out = append(out, problems[0].Error()...)
	} else {
		known = p
	}
	return packed()
}

func packed() int64 {
	if len(out) == 0 {
		return 0
	}
	return int64(uintptr(unsafe.Pointer(&out[0])))<<32 | int64(len(out))
}

func main() {}
