package fieldsync_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/store/storetest"
)

// sealed makes an outbox as a phone does.
func sealed(t *testing.T, to fieldsync.SealKey, worker, device string, lines ...journal.Line) fieldsync.Outbox {
	t.Helper()
	point, err := base64.StdEncoding.DecodeString(to.Key)
	if err != nil {
		t.Fatal(err)
	}
	server, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := own.ECDH(server)
	if err != nil {
		t.Fatal(err)
	}
	wrapping, err := hkdf.Key(sha256.New, secret, []byte{}, "caunoi rescue v1 "+worker+" "+device, 32)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 32)
	_, _ = rand.Read(data)
	box := fieldsync.Outbox{Device: device, Worker: worker, Seal: to.ID}
	box.Key.Point = base64.StdEncoding.EncodeToString(own.PublicKey().Bytes())
	box.Key.IV, box.Key.Sealed = seal(t, wrapping, data, "")
	for _, l := range lines {
		text, err := json.Marshal(l.Entry)
		if err != nil {
			t.Fatal(err)
		}
		r := fieldsync.SealedRecord{ID: l.Entry.ID.String()}
		r.IV, r.Sealed = seal(t, data, text, r.ID)
		box.Records = append(box.Records, r)
	}
	return box
}

func seal(t *testing.T, key, plain []byte, bound string) (iv, ct string) {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(nonce), base64.StdEncoding.EncodeToString(aead.Seal(nil, nonce, plain, []byte(bound)))
}

// rescue brings an outbox and tells what became of each record, or the refusal.
func rescue(t *testing.T, in *fieldsync.Intake, actor access.Actor, box fieldsync.Outbox) string {
	t.Helper()
	plan, err := in.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := in.Rescue(t.Context(), actor, plan, box)
	var refusal *journal.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i, o := range outcomes {
		s := string(o.Status)
		if o.Refusal != nil {
			s += " " + o.Refusal.Code
		}
		if o.ID.String() != box.Records[i].ID {
			t.Errorf("record %d is answered as %s", i, o.ID)
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// A phone that never comes to the network: its lead brings what it holds, and
// the entries stay the worker's.
func TestALeadRescuesAnOutbox(t *testing.T) {
	in, s := intake(t)
	m := storetest.NewMaker()
	one, two, three := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{}), m.Consult("ann", storetest.At(9, 10), storetest.Citizen(2), journal.ID{}), m.Consult("ann", storetest.At(9, 11), storetest.Citizen(3), journal.ID{})
	elsewhere := m.Consult("ann", storetest.At(9, 12), storetest.Citizen(4), journal.ID{})
	elsewhere.Entry.Office = "b" // where she was lent to, and the lead is not
	key := pull(t, in, s, ann).Seal
	box := sealed(t, key, "ann", "máy", one, two, three, elsewhere)
	box.Records[1].Sealed = flipped(t, box.Records[1].Sealed)
	if got, want := rescue(t, in, lea, box), "accepted, refused rescue.sealed, accepted, refused right.missing"; got != want {
		t.Errorf("the lead: %s, want %s", got, want)
	}
	if got, want := rescue(t, in, ann, sealed(t, key, "ann", "máy", one, two)), "repeated, accepted"; got != want {
		t.Errorf("the worker, later: %s, want %s", got, want)
	}
	err := s.View(t.Context(), func(tx store.Tx) error {
		for l, by := range map[journal.ID]string{three.Entry.ID: "lea", two.Entry.ID: "ann"} {
			st, _, err := tx.ByID(l)
			if err != nil || st.Author != "ann" || st.Received.By != by {
				t.Errorf("entry of %s, brought by %s, %v; want ann, brought by %s", st.Author, st.Received.By, err, by)
			}
		}
		rows, err := tx.Audit(audit.Query{Act: "outbox.rescued", Limit: 10})
		if err != nil || len(rows) != 2 {
			t.Fatalf("audit %+v, %v", rows, err)
		}
		if got, want := fmt.Sprint(rows[1].Actor, rows[1].Office, rows[1].Subject, rows[1].Details), fmt.Sprint("lea", "a", "user:ann", map[string]string{"accepted": "2", "device": "máy", "entries": "4", "refused": "2"}); got != want {
			t.Errorf("audit %s, want %s", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Check(t, s)
}

func flipped(t *testing.T, text string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	return base64.StdEncoding.EncodeToString(raw)
}

// What was changed on its way, or is not what it says, is not taken.
func TestAnOutboxThatWasTamperedWith(t *testing.T) {
	in, s := intake(t)
	m := storetest.NewMaker()
	one, two := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{}), m.Consult("ann", storetest.At(9, 10), storetest.Citizen(2), journal.ID{})
	bobs := m.Consult("bob", storetest.At(9, 10), storetest.Citizen(3), journal.ID{})
	key := pull(t, in, s, ann).Seal
	otherServer := fieldsync.SealKey{ID: "0123456789abcdef", Key: key.Key}
	for _, c := range []struct {
		name, want string
		change     func(b *fieldsync.Outbox)
	}{
		{"as it was", "accepted, accepted", func(*fieldsync.Outbox) {}},
		{"another server's", "rescue.key", func(b *fieldsync.Outbox) { *b = sealed(t, otherServer, "ann", "máy", one) }},
		{"a key changed", "rescue.sealed", func(b *fieldsync.Outbox) { b.Key.Sealed = flipped(t, b.Key.Sealed) }},
		{"a point off the curve", "rescue.sealed", func(b *fieldsync.Outbox) { b.Key.Point = flipped(t, b.Key.Point) }},
		{"a nonce of another length", "rescue.sealed", func(b *fieldsync.Outbox) { b.Key.IV = "AAAA" }},
		{"said to be of another phone", "rescue.sealed", func(b *fieldsync.Outbox) { b.Device = "máy-2" }},
		{"no base64", "refused rescue.sealed, repeated", func(b *fieldsync.Outbox) { b.Records[0].Sealed = "%" }},
		{"two records exchanged", "refused rescue.sealed, refused rescue.sealed", func(b *fieldsync.Outbox) {
			b.Records[0].Sealed, b.Records[1].Sealed = b.Records[1].Sealed, b.Records[0].Sealed
			b.Records[0].IV, b.Records[1].IV = b.Records[1].IV, b.Records[0].IV
		}},
		{"another's entry in it", "refused rescue.sealed", func(b *fieldsync.Outbox) { *b = sealed(t, key, "ann", "máy", bobs) }},
		{"nothing in it", "batch.size", func(b *fieldsync.Outbox) { b.Records = nil }},
		{"too much in it", "batch.size", func(b *fieldsync.Outbox) { b.Records = slices.Repeat(b.Records, 251) }},
	} {
		box := sealed(t, key, "ann", "máy", one, two)
		c.change(&box)
		if got := rescue(t, in, ann, box); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Nobody brings an outbox but its worker and who may bring in that office, and
// nobody else learns whether there is such a worker.
func TestWhoMayRescue(t *testing.T) {
	in, s := intake(t)
	key := pull(t, in, s, ann).Seal
	as := func(role access.Role, id, office string) access.Actor {
		return access.Actor{User: access.User{ID: id, Role: role, Office: office}}
	}
	onPhone := lea
	onPhone.Device, onPhone.State = "máy-lea", access.InUse
	lostPhone := onPhone
	lostPhone.State = access.Lost
	annsLost := ann
	annsLost.State = access.Lost
	for i, c := range []struct {
		name, want string
		actor      access.Actor
	}{
		{"a colleague", "right.missing", as(access.Campaigner, "an", "a")},
		{"another office's lead", "right.missing", as(access.Lead, "leb", "b")},
		{"an auditor", "right.missing", as(access.Auditor, "eye", "p")},
		{"the lead", "accepted", lea},
		{"the lead, by phone", "accepted", onPhone},
		{"the lead, by a phone that is lost", "device.lost", lostPhone},
		{"the province", "accepted", as(access.Province, "top", "p")},
		{"the worker, by a phone that is lost", "quarantined", annsLost},
	} {
		l := storetest.NewMaker().Consult("ann", storetest.At(9, 9), storetest.Citizen(i), journal.ID{})
		l.Entry.ID = journal.NewID()
		if got := rescue(t, in, c.actor, sealed(t, key, "ann", "máy", l)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	nobody := sealed(t, key, "nobody", "máy", storetest.NewMaker().Consult("ann", noon, storetest.Citizen(1), journal.ID{}))
	if got := rescue(t, in, as(access.Lead, "leb", "b"), nobody); got != "right.missing" {
		t.Errorf("of nobody, a lead: %s", got)
	}
	if got := rescue(t, in, access.Terminal(), nobody); got != "user.unknown" {
		t.Errorf("of nobody, an administrator: %s", got)
	}
}
