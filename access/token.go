package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// newToken makes 256 random bits, as 43 characters that are safe in a URL, a
// cookie and a header, with the hash that is stored in their stead. A plain
// hash is enough: nobody can guess through what is random.
func newToken() (token string, hash []byte) {
	var b [32]byte
	rand.Read(b[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, digest(token)
}

func digest(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
