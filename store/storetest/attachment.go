package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caunoi/attachment"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
	"caunoi/vault"
)

// photo is a picture of so many bytes, which begins as a JPEG does.
func photo(n int, seed uint64) (journal.Attachment, []byte) {
	data := make([]byte, n)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	copy(data, "\xff\xd8\xff\xe0")
	sum := sha256.Sum256(data)
	return journal.Attachment{Digest: hex.EncodeToString(sum[:]), Bytes: n, Type: "image/jpeg"}, data
}

// pictured gives an entry pictures.
func pictured(l journal.Line, all ...journal.Attachment) journal.Line {
	l.Entry.Attachments = all
	return l
}

func take(s store.Store, l journal.Line, a journal.Attachment, offset int, data []byte) (p attachment.Progress, err error) {
	err = s.Update(context.Background(), func(tx store.Tx) (err error) {
		p, err = attachment.Take(tx, l.Entry.Author, l.Entry.ID, a.Digest, offset, data)
		return err
	})
	return p, err
}

func progress(t testing.TB, s store.Store, l journal.Line) (all []attachment.Progress) {
	t.Helper()
	err := s.View(context.Background(), func(tx store.Tx) error {
		st, _, err := tx.ByID(l.Entry.ID)
		if err == nil {
			all, err = attachment.Of(tx, &st)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(s store.Store, l journal.Line, a journal.Attachment) (data []byte, err error) {
	err = s.View(context.Background(), func(tx store.Tx) (err error) {
		_, data, err = attachment.Read(tx, l.Entry.ID, a.Digest)
		return err
	})
	return data, err
}

// testAttachments: a picture is here when every byte of it is, opens for nobody
// without the person's key, and goes with the person.
func testAttachments(t *testing.T, open func(t testing.TB) store.Store) {
	enrol := func(m *Maker, n int, all ...journal.Attachment) journal.Line {
		return pictured(m.Enrol("ann", At(2, 9), Citizen(n), outreach.HouseholdHI, campaign.Paid), all...)
	}
	t.Run("pieces make a picture, however they come", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			a, data := photo(rapid.IntRange(5, 4000).Draw(rt, "bytes"), 1)
			l := enrol(m, n, a)
			Import(t, in, l)
			here := 0
			for step := 0; here < len(data); step++ {
				from := here
				if step < 12 && rapid.IntRange(0, 3).Draw(rt, "astray") == 0 {
					from = rapid.IntRange(0, len(data)-1).Draw(rt, "from")
				}
				n := rapid.IntRange(1, len(data)-from).Draw(rt, "piece")
				p, err := take(s, l, a, from, data[from:from+n])
				var refusal *journal.Refusal
				switch {
				case from == 0 || from == here:
					here = from + n
					if err != nil || p.Offset != here || (p.State == attachment.Here) != (here == len(data)) {
						rt.Fatalf("piece at %d of %d: %+v, %v", from, n, p, err)
					}
				case !errors.As(err, &refusal) || refusal.Code != "attachment.offset" || refusal.Params["offset"] != here:
					rt.Fatalf("piece at %d with %d here: %+v, %v", from, here, p, err)
				}
				if got := progress(t, s, l)[0]; got.Offset != here {
					rt.Fatalf("%d are here, want %d", got.Offset, here)
				}
			}
			got, err := read(s, l, a)
			if err != nil || !bytes.Equal(got, data) {
				rt.Fatalf("it is not the picture: %d bytes, %v", len(got), err)
			}
			if p, err := take(s, l, a, 0, data[:3]); err != nil || p.Offset != len(data) || p.State != attachment.Here {
				rt.Fatalf("once more: %+v, %v", p, err)
			}
		})
		Check(t, s)
	})
	t.Run("what is no such picture is not taken, and the right one is after it", func(t *testing.T) {
		s := open(t)
		a, data := photo(900, 2)
		other, _ := photo(900, 3)
		note := []byte("no picture at all, only its name says so")
		sum := sha256.Sum256(note)
		text := journal.Attachment{Digest: hex.EncodeToString(sum[:]), Bytes: len(note), Type: "image/jpeg"}
		m := NewMaker()
		l := enrol(m, 1, a, text)
		stage := m.Make("enrolment_stage", "ann", At(3, 9), outreach.StageBody{Enrolment: m.ID(), Stage: campaign.Paid})
		Import(t, Intake(t, s), l, pictured(stage, a))
		bad := slices.Clone(data)
		bad[500] ^= 1
		for _, c := range []struct {
			of     journal.Line
			a      journal.Attachment
			offset int
			data   []byte
			code   string
		}{
			{l, a, 0, bad, "attachment.digest"},
			{l, a, 0, nil, "attachment.piece"},
			{l, a, 0, append(slices.Clone(data), 1), "attachment.piece"},
			{l, a, 0, make([]byte, attachment.MaxPiece+1), "attachment.piece"},
			{l, a, 7, data[7:], "attachment.offset"},
			{l, text, 0, note, "attachment.type"},
			{l, other, 0, data, "attachment.unknown"},
			{stage, a, 0, data, "attachment.unknown"}, // it is held back
			{pictured(m.Consult("ann", At(2, 9), Citizen(1), journal.ID{})), a, 0, data, "attachment.unknown"},
		} {
			_, err := take(s, c.of, c.a, c.offset, c.data)
			wantRefusal(t, err, c.code)
		}
		if _, err := read(s, l, a); err == nil {
			t.Error("a picture that is not here is read")
		}
		stranger := l
		stranger.Entry.Author = "bob"
		_, err := take(s, stranger, a, 0, data)
		wantRefusal(t, err, "attachment.unknown")
		if got := progress(t, s, l)[0]; got.Offset != 0 || got.State != attachment.Coming {
			t.Errorf("%+v is here", got)
		}
		if p, err := take(s, l, a, 0, data); err != nil || p.State != attachment.Here {
			t.Errorf("the right one: %+v, %v", p, err)
		}
		Check(t, s)
	})
	t.Run("only kinds with a payment have pictures, few and of a known size", func(t *testing.T) {
		s := open(t)
		a, _ := photo(900, 2)
		large, unknown, wrong := a, a, a
		large.Bytes, unknown.Type, wrong.Digest = journal.MaxAttachment+1, "image/gif", "00"
		m := NewMaker()
		before := enrol(m, 9)
		lines := []journal.Line{
			pictured(m.Consult("ann", At(2, 9), Citizen(1), journal.ID{}), a),
			enrol(m, 2, large), enrol(m, 3, unknown), enrol(m, 4, wrong), enrol(m, 5, a, a),
			pictured(m.Withdraw("ann", At(2, 9), before), a),
		}
		for i, o := range Import(t, Intake(t, s), append([]journal.Line{before}, lines...)...)[1:] {
			if o.Refusal == nil || o.Refusal.Code != "entry.attachments" {
				t.Errorf("line %d: %s %v", i, o.Status, o.Refusal)
			}
		}
	})
	t.Run("a picture goes with the person, that of a stage, too, and no other one", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		a, first := photo(900, 4)
		b, second := photo(800, 5)
		l, other := enrol(m, 1, a, b), enrol(m, 2, a)
		stage := pictured(m.Make("enrolment_stage", "ann", At(3, 9), outreach.StageBody{Enrolment: l.Entry.ID, Stage: campaign.Issued, Note: "thử"}), b)
		Import(t, in, l, other, stage)
		for _, c := range []struct {
			of   journal.Line
			a    journal.Attachment
			data []byte
		}{{l, a, first}, {l, b, second[:400]}, {other, a, first}, {stage, b, second}} {
			if _, err := take(s, c.of, c.a, 0, c.data); err != nil {
				t.Fatal(err)
			}
		}
		before := sheet(t, s)
		erase(t, s, in, l.Entry.ID)
		for _, c := range []struct {
			of journal.Line
			a  journal.Attachment
		}{{l, a}, {l, b}, {stage, b}} {
			_, err := read(s, c.of, c.a)
			wantRefusal(t, err, "attachment.gone")
			_, err = take(s, c.of, c.a, 0, first)
			wantRefusal(t, err, "attachment.gone")
		}
		err := s.View(context.Background(), func(tx store.Tx) error {
			left, err := tx.Pictured()
			if !slices.Equal(left, []journal.ID{other.Entry.ID}) {
				t.Errorf("pieces are left of %v", left)
			}
			return err
		})
		if got, e := read(s, other, a); err != nil || e != nil || !bytes.Equal(got, first) {
			t.Errorf("of another person: %v, %v", err, e)
		}
		if after := sheet(t, s); !slices.Equal(before, after) {
			t.Errorf("figures %v, before %v", after, before)
		}
		Check(t, s)
	})
	t.Run("a changed bit never opens as a picture, and verify finds it", func(t *testing.T) {
		s := open(t)
		m := NewMaker()
		a, data := photo(3000, 6)
		l := enrol(m, 1, a)
		Import(t, Intake(t, s), l)
		for at := 0; at < len(data); at += 1000 {
			if _, err := take(s, l, a, at, data[at:at+1000]); err != nil {
				t.Fatal(err)
			}
		}
		rng := rand.New(rand.NewPCG(3, 14))
		var whole []attachment.Piece
		err := s.View(context.Background(), func(tx store.Tx) (err error) {
			whole, err = tx.Picture(l.Entry.ID, a.Digest)
			return err
		})
		put := func(pieces []attachment.Piece) {
			err = errors.Join(err, s.Update(context.Background(), func(tx store.Tx) error {
				if err := tx.DropPicture(l.Entry.ID, a.Digest); err != nil {
					return err
				}
				for _, p := range pieces {
					if err := tx.PutPiece(l.Entry.ID, p); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		for n := range 200 {
			changed := slices.Clone(whole)
			p := &changed[rng.IntN(len(changed))]
			if n%10 == 0 { // another piece in its place
				p.Sealed = changed[(p.Offset/1000+1)%3].Sealed
			} else {
				p.Sealed = bytes.Clone(p.Sealed)
				p.Sealed[rng.IntN(len(p.Sealed))] ^= 1 << rng.IntN(8)
			}
			put(changed)
			if _, e := read(s, l, a); !errors.Is(e, vault.ErrSealed) {
				t.Fatalf("change %d: %v", n, e)
			}
			if n < 10 && !slices.ContainsFunc(Verify(t, s), func(d tally.Difference) bool { return d.What == "attachment" }) {
				t.Errorf("verify does not find change %d", n)
			}
		}
		put(whole)
		if err != nil {
			t.Fatal(err)
		}
		Check(t, s)
	})
	t.Run("the keys are renewed and pictures open as before", func(t *testing.T) {
		s := open(t)
		a, data := photo(900, 7)
		l := enrol(NewMaker(), 1, a)
		Import(t, Intake(t, s), l)
		if _, err := take(s, l, a, 0, data); err != nil {
			t.Fatal(err)
		}
		err := s.Update(context.Background(), func(tx store.Tx) error {
			_, err := tx.Rotate()
			return errors.Join(err, tx.Forget())
		})
		if got, e := read(s, l, a); err != nil || e != nil || !bytes.Equal(got, data) {
			t.Errorf("%v, %v", err, e)
		}
	})
}
