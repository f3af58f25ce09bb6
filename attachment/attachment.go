// Package attachment keeps the pictures that belong to entries, such as the
// photo of a paper receipt. An entry names them by digest; they come after it,
// piece by piece over links that cut, lie sealed by the data key of the person,
// and go with that person.
package attachment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"caunoi/journal"
	"caunoi/vault"
)

// MaxPiece is the largest piece taken, in bytes.
const MaxPiece = 256 << 10

// Piece is a part of a picture, as it is stored.
type Piece struct {
	Digest string // of the whole picture, as the entry names it
	Offset int    // bytes of the picture before it
	Bytes  int    // of the picture, in it
	Key    string // the data key that seals it
	Sealed []byte
}

// Tx is what pictures need of a store's transaction.
type Tx interface {
	ByID(id journal.ID) (journal.Stored, bool, error)
	Records(roots []journal.ID) ([]journal.Stored, error)
	SealUnder(key, place string, plain []byte) ([]byte, error)
	OpenUnder(key, place string, sealed []byte) ([]byte, error)
	// Pieces are those of an entry, by digest and offset, without Sealed.
	Pieces(entry journal.ID) ([]Piece, error)
	// Picture is every piece of one picture, by offset.
	Picture(entry journal.ID, digest string) ([]Piece, error)
	PutPiece(entry journal.ID, p Piece) error
	DropPicture(entry journal.ID, digest string) error
	// Pictured are the entries of which there are pieces.
	Pictured() ([]journal.ID, error)
}

// State says where a picture is.
type State string

// The states.
const (
	Here   State = "here"
	Coming State = "coming" // the phone still has it, or had it
	Gone   State = "gone"   // erased with the person
)

// Progress is how much of a picture is here.
type Progress struct {
	journal.Attachment
	Offset int // bytes that are here, from the first on
	State  State
}

// Of says how much is here of each picture that an entry names, in that order.
func Of(tx Tx, st *journal.Stored) ([]Progress, error) {
	if len(st.Attachments) == 0 {
		return nil, nil
	}
	pieces, err := tx.Pieces(st.ID)
	if err != nil {
		return nil, err
	}
	_, err = keyOf(tx, st)
	erased := errors.Is(err, vault.ErrErased)
	if err != nil && !erased {
		return nil, err
	}
	out := make([]Progress, len(st.Attachments))
	for i, a := range st.Attachments {
		out[i] = Progress{a, reached(pieces, a.Digest), Coming}
		switch {
		case erased:
			out[i].State, out[i].Offset = Gone, 0
		case out[i].Offset == a.Bytes:
			out[i].State = Here
		}
	}
	return out, nil
}

// reached is how many bytes are here of a picture.
func reached(pieces []Piece, digest string) (n int) {
	for _, p := range pieces {
		if p.Digest == digest {
			n += p.Bytes
		}
	}
	return n
}

// At says how much is here of a picture of an author's own entry. Refusals:
// attachment.unknown, also while the entry is not here or is held back;
// attachment.gone.
func At(tx Tx, author string, entry journal.ID, digest string) (Progress, error) {
	_, p, err := own(tx, author, entry, digest)
	return p, err
}

func own(tx Tx, author string, entry journal.ID, digest string) (journal.Stored, Progress, error) {
	st, p, err := find(tx, entry, digest)
	switch {
	case err != nil:
	case st.Author != author || st.Held():
		err = unknown()
	case p.State == Gone:
		err = gone()
	}
	return st, p, err
}

// Take puts a piece where the ones before it end, and says how much is here
// then. A piece at 0 begins anew; of a picture that is whole, nothing is taken
// and nothing is wrong. Refusals, beside those of [At]: attachment.offset, with
// where to go on; attachment.piece, for one that is empty, too large or beyond
// the end; with the last piece, attachment.digest for another picture than the
// entry names, and attachment.type for what is no picture of its type.
func Take(tx Tx, author string, entry journal.ID, digest string, offset int, data []byte) (Progress, error) {
	st, p, err := own(tx, author, entry, digest)
	if err != nil || p.State == Here {
		return p, err
	}
	if offset == 0 && p.Offset > 0 {
		if err := tx.DropPicture(entry, digest); err != nil {
			return p, err
		}
		p.Offset = 0
	}
	switch {
	case offset != p.Offset:
		return p, journal.Refuse("attachment.offset", "offset", p.Offset)
	case len(data) == 0, len(data) > MaxPiece, offset+len(data) > p.Bytes:
		return p, journal.Refuse("attachment.piece", "bytes", len(data))
	}
	key, err := keyOf(tx, &st)
	if err != nil {
		return p, err
	}
	piece := Piece{Digest: digest, Offset: offset, Bytes: len(data), Key: key}
	if piece.Sealed, err = tx.SealUnder(key, place(entry, digest, offset), data); err != nil {
		return p, err
	}
	if err := tx.PutPiece(entry, piece); err != nil {
		return p, err
	}
	if p.Offset += len(data); p.Offset < p.Bytes {
		return p, nil
	}
	whole, err := open(tx, entry, digest)
	if errors.Is(err, vault.ErrSealed) {
		err = journal.Refuse("attachment.digest")
	}
	if err != nil {
		return p, err
	}
	if found := http.DetectContentType(whole); found != p.Type {
		return p, journal.Refuse("attachment.type", "type", p.Type)
	}
	p.State = Here
	return p, nil
}

// Read opens a picture. Refusals: attachment.unknown, also while it is coming;
// attachment.gone. [vault.ErrSealed] is one that is not what it was.
func Read(tx Tx, entry journal.ID, digest string) (journal.Attachment, []byte, error) {
	_, p, err := find(tx, entry, digest)
	switch {
	case err != nil:
	case p.State == Gone:
		err = gone()
	case p.State == Coming:
		err = unknown()
	}
	if err != nil {
		return p.Attachment, nil, err
	}
	whole, err := open(tx, entry, digest)
	return p.Attachment, whole, err
}

// Whole are the pictures of an entry that are here, opened.
func Whole(tx Tx, st *journal.Stored) (pictures [][]byte, err error) {
	all, err := Of(tx, st)
	for i := 0; err == nil && i < len(all); i++ {
		if all[i].State == Here {
			var one []byte
			one, err = open(tx, st.ID, all[i].Digest)
			pictures = append(pictures, one)
		}
	}
	return pictures, err
}

// Fault is a picture that is not what its entry names.
type Fault struct {
	Entry journal.ID
	What  string
}

// Verify opens every picture that is here and returns those that are not what
// they were.
func Verify(tx Tx) (faults []Fault, err error) {
	ids, err := tx.Pictured()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		st, ok, err := tx.ByID(id)
		if err != nil {
			return nil, err
		}
		if !ok {
			faults = append(faults, Fault{id, "no entry of the picture"})
			continue
		}
		if _, err := Whole(tx, &st); err != nil {
			faults = append(faults, Fault{id, err.Error()})
		}
	}
	return faults, nil
}

func unknown() error { return journal.Refuse("attachment.unknown") }
func gone() error    { return journal.Refuse("attachment.gone") }

// find gives an entry that is here, and how much is of a picture that it names.
func find(tx Tx, entry journal.ID, digest string) (st journal.Stored, p Progress, err error) {
	st, ok, err := tx.ByID(entry)
	if err != nil {
		return st, p, err
	}
	i := slices.IndexFunc(st.Attachments, func(a journal.Attachment) bool { return a.Digest == digest })
	if !ok || i < 0 {
		return st, p, unknown()
	}
	all, err := Of(tx, &st)
	if err == nil {
		p = all[i]
	}
	return st, p, err
}

// keyOf is the data key of the person whom an entry is about, or of whom what
// it names is about: a receipt for a stage goes with who enrolled.
// [vault.ErrErased] if that is gone.
func keyOf(tx Tx, st *journal.Stored) (string, error) {
	about := st
	if st.Subject == nil && len(st.Refs) > 0 {
		named, err := tx.Records(st.Refs[:1])
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(named, func(n journal.Stored) bool { return n.Subject != nil }); i >= 0 {
			about = &named[i]
		}
	}
	if about.Erased || about.Key == "" {
		return "", vault.ErrErased
	}
	return about.Key, nil
}

func place(entry journal.ID, digest string, offset int) string {
	return fmt.Sprintf("attachment/%s/%s/%d", entry, digest, offset)
}

// open puts the pieces of a picture together; [vault.ErrSealed] where they are
// not what was named.
func open(tx Tx, entry journal.ID, digest string) (whole []byte, err error) {
	pieces, err := tx.Picture(entry, digest)
	for i := 0; err == nil && i < len(pieces); i++ {
		var plain []byte
		plain, err = tx.OpenUnder(pieces[i].Key, place(entry, digest, pieces[i].Offset), pieces[i].Sealed)
		whole = append(whole, plain...)
	}
	if sum := sha256.Sum256(whole); err == nil && hex.EncodeToString(sum[:]) != digest {
		err = fmt.Errorf("open a picture of entry %s: %w", entry, vault.ErrSealed)
	}
	return whole, err
}
