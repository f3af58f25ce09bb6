package fieldsync

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/attachment"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

// MaxRescue bounds a rescued outbox: sealed and in base64, entries take more
// room than in a push. Bytes.
const MaxRescue = 8 << 20

// Outbox is what a phone holds and could not push, as it lies there: each
// record sealed by the data key of its worker, and that key sealed to the
// server. So neither who carries it nor where it was kept in between can read
// it, and nobody's PIN is needed.
type Outbox struct {
	Device  string
	Worker  string
	Seal    string // id of the server's key; see [SealKey]
	Key     SealedKey
	Records []SealedRecord
}

// SealedKey is a worker's data key of 32 bytes, sealed to the server: by
// AES-256-GCM under HKDF-SHA-256 (RFC 5869) of the ECDH secret on P-256, with
// an empty salt and [rescueInfo]. All in base64.
type SealedKey struct {
	Point  string // the phone's ephemeral public key, uncompressed
	IV     string // 12 bytes
	Sealed string
}

// SealedRecord is the JSON of an entry, sealed by AES-256-GCM for its id.
type SealedRecord struct {
	ID     string
	IV     string // 12 bytes, base64
	Sealed string // base64
}

// rescueInfo binds a sealed key to whose it is.
func rescueInfo(worker, device string) string { return "caunoi rescue v1 " + worker + " " + device }

// Rescue takes an outbox that its worker brings, or who may [access.Bring] in
// the worker's office, as [Intake.Push] takes a batch, and answers for each
// record, in order. Refusals: batch.size, right.missing, user.unknown (for an
// administrator), entry.practice for a phone of practice, rescue.key for another server's key, and rescue.sealed where
// the data key does not open; a record that does not, is refused so on its own.
func (in *Intake) Rescue(ctx context.Context, actor access.Actor, plan *campaign.Plan, box Outbox) ([]journal.Outcome, error) {
	if len(box.Records) == 0 || len(box.Records) > MaxBatch {
		return nil, journal.Refuse("batch.size", "entries", len(box.Records), "most", MaxBatch)
	}
	data, err := in.openedBy(ctx, actor, plan, &box)
	if err != nil {
		return nil, err
	}
	outcomes := make([]journal.Outcome, len(box.Records))
	var entries []jsontext.Value
	var at []int // place of each of entries in outcomes
	for i, r := range box.Records {
		text, err := r.open(data, box.Worker)
		if err != nil {
			id, _ := journal.ParseID(r.ID)
			outcomes[i] = journal.Outcome{ID: id, Status: journal.Refused, Refusal: errSealed}
			continue
		}
		entries, at = append(entries, text), append(at, i)
	}
	if len(entries) > 0 {
		taken, err := in.Push(ctx, actor, plan, Batch{Entries: entries})
		if err != nil {
			return nil, err
		}
		for k, o := range taken {
			outcomes[at[k]] = o
		}
	}
	// The entries are on disk, in a transaction shared with others. Where this
	// one fails, the outbox is brought again.
	return outcomes, in.store.Update(ctx, func(tx store.Tx) error { return rescued(tx, in, actor, box, outcomes) })
}

// openedBy gives the data key of an outbox to who may bring it.
func (in *Intake) openedBy(ctx context.Context, actor access.Actor, plan *campaign.Plan, box *Outbox) (cipher.AEAD, error) {
	if journal.Practised("", box.Device) {
		return nil, journal.Refuse("entry.practice")
	}
	var key *ecdh.PrivateKey
	err := in.store.View(ctx, func(tx store.Tx) error {
		key = tx.RescueKey()
		if box.Seal != sealKey(tx).ID {
			return journal.Refuse("rescue.key")
		}
		return mayRescue(tx, actor, plan, box.Worker)
	})
	if err != nil {
		return nil, err
	}
	return box.open(key)
}

// SealedPicture is one that an entry names, sealed by AES-256-GCM for its own id
// on the phone ("photo ID").
type SealedPicture struct {
	ID     string // of the photo on the phone
	Entry  journal.ID
	Digest string // as the entry names it
	IV     string // 12 bytes, base64
	Sealed string // base64
}

// MaxRescuedPicture bounds a sealed picture in base64, with its key. Bytes.
const MaxRescuedPicture = journal.MaxAttachment*4/3 + 8<<10

// RescuePicture takes a picture that lies on a phone under a key that nobody
// there opens any more, as [Intake.Rescue] takes records. Refusals beside those
// are of [attachment.Take].
func (in *Intake) RescuePicture(ctx context.Context, actor access.Actor, plan *campaign.Plan, box Outbox, p SealedPicture) (done attachment.Progress, err error) {
	key, err := in.openedBy(ctx, actor, plan, &box)
	if err != nil {
		return done, err
	}
	data, err := opened(key, p.IV, p.Sealed, "photo "+p.ID)
	if err != nil {
		return done, err
	}
	return done, in.store.Update(ctx, func(tx store.Tx) error {
		at := 0
		for piece := range slices.Chunk(data, attachment.MaxPiece) {
			if done, err = attachment.Take(tx, box.Worker, p.Entry, p.Digest, at, piece); err != nil {
				return err
			}
			at += len(piece)
		}
		return nil
	})
}

// mayRescue asks for the worker's own hand, or for [access.Bring] where the
// worker is. Whoever may not is told the same whether or not there is such a
// worker.
func mayRescue(tx store.Tx, actor access.Actor, plan *campaign.Plan, worker string) error {
	if worker == actor.ID {
		return nil
	}
	u, err := tx.User(worker)
	switch {
	case errors.Is(err, access.ErrNotFound):
		if err := access.May(actor, access.Bring, "", plan); err != nil {
			return err
		}
		return journal.Refuse("user.unknown", "user", worker)
	case err != nil:
		return err
	case access.May(actor, access.Bring, u.Office, plan) != nil:
		return access.May(actor, access.Bring, "", plan)
	}
	return nil
}

// open gives the data key of an outbox.
func (box *Outbox) open(key *ecdh.PrivateKey) (cipher.AEAD, error) {
	point, err := base64.StdEncoding.DecodeString(box.Key.Point)
	if err != nil {
		return nil, errSealed
	}
	public, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, errSealed
	}
	secret, err := key.ECDH(public)
	if err != nil {
		return nil, errSealed
	}
	wrapping, err := hkdf.Key(sha256.New, secret, nil, rescueInfo(box.Worker, box.Device), 32)
	if err != nil {
		return nil, err
	}
	data, err := unseal(wrapping, box.Key.IV, box.Key.Sealed, "")
	if err != nil || len(data) != 32 {
		return nil, errSealed
	}
	return gcm(data), nil
}

// errSealed says that something sealed was changed, or belongs elsewhere.
var errSealed = &journal.Refusal{Code: "rescue.sealed"}

// open gives the text of an entry, which must be the worker's and have the id
// of its record.
func (r *SealedRecord) open(key cipher.AEAD, worker string) (jsontext.Value, error) {
	text, err := opened(key, r.IV, r.Sealed, r.ID)
	if err != nil {
		return nil, err
	}
	var says struct {
		ID     string `json:"id"`
		Author string `json:"author"`
	}
	err = json.Unmarshal(text, &says, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if err != nil || says.ID != r.ID || says.Author != worker {
		return nil, errSealed
	}
	return text, nil
}

func unseal(key []byte, iv, sealed, bound string) ([]byte, error) {
	return opened(gcm(key), iv, sealed, bound)
}

func opened(aead cipher.AEAD, iv, sealed, bound string) ([]byte, error) {
	nonce, err := base64.StdEncoding.DecodeString(iv)
	if err != nil || len(nonce) != aead.NonceSize() {
		return nil, errSealed
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, nonce, raw, []byte(bound))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // keys have the right size
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// rescued records who brought whose outbox, and what became of it.
func rescued(tx store.Tx, in *Intake, actor access.Actor, box Outbox, outcomes []journal.Outcome) error {
	office := actor.Office
	if u, err := tx.User(box.Worker); err == nil {
		office = cmp.Or(u.Office, office)
	}
	counts := map[journal.Status]int{}
	for _, o := range outcomes {
		counts[o.Status]++
	}
	details := map[string]string{"device": box.Device, "entries": strconv.Itoa(len(outcomes))}
	for _, s := range []journal.Status{journal.Accepted, journal.Repeated, journal.HeldBack, journal.Quarantined, journal.Refused, journal.Conflict} {
		if counts[s] > 0 {
			details[string(s)] = strconv.Itoa(counts[s])
		}
	}
	return audit.Append(tx, store.Micro(in.now()), audit.Event{
		Act: "outbox.rescued", Actor: actor.ID, Device: actor.Device, Office: office, Subject: "user:" + box.Worker, Details: details,
	})
}
