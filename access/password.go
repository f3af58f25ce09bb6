package access

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// Lengths of a password in characters (NIST SP 800-63B-4, section 3.1.1.2: at
// least 15 where it is the only factor). There is no rule about what it is
// made of, and none about changing it from time to time.
const (
	shortest = 15
	longest  = 256
)

// Parameters of argon2id (RFC 9106), as the OWASP Password Storage Cheat Sheet
// asks for at least: memory in KiB, passes, lanes.
const (
	argonMemory = 19 * 1024
	argonPasses = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// common holds the 10,000 passwords that are used most; see words/README.md.
//
//go:embed words/common.txt
var common string

var commonPasswords = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.SplitSeq(common, "\n") {
		out[w] = w != ""
	}
	return out
}()

// localWords are what people here think of first.
var localWords = []string{
	"caunoi", "baohiem", "baohiemxahoi", "baohiemyte", "bhxh", "bhyt", "vietnam", "laocai", "tuyentruyen", "matkhau",
	"password", "admin", "ansinh", "xahoi", "123456",
}

// computing bounds how many hashes are computed at once: each takes
// argonMemory, and all cores.
var computing = make(chan struct{}, max(1, runtime.NumCPU()))

// hashPassword makes a PHC string.
func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		enc.EncodeToString(salt), enc.EncodeToString(derive(password, salt, argonMemory, argonPasses, argonLanes)))
}

func derive(password string, salt []byte, memory, passes uint32, lanes uint8) []byte {
	computing <- struct{}{}
	defer func() { <-computing }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, passes, memory, lanes, argonKey)
}

// nobody is compared where there is no password, so that it takes as long.
var nobody = "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43)

// checkPassword says whether a password is that of a PHC string, and whether
// it should be hashed anew by the parameters of today.
func checkPassword(password, phc string) (ok, again bool) {
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil {
		return false, false
	}
	got := derive(password, salt, memory, passes, lanes)
	ok = subtle.ConstantTimeCompare(got, want) == 1
	return ok, ok && (memory != argonMemory || passes != argonPasses || lanes != argonLanes)
}

// fitPassword refuses what is too short, too long, common, or little more than
// words that anybody here would try. Refusals: password.short, password.long,
// password.common, password.local.
func fitPassword(password string, u User, plan *campaign.Plan) error {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || n < shortest:
		return journal.Refuse("password.short", "least", shortest)
	case n > longest:
		return journal.Refuse("password.long", "most", longest)
	}
	bare := plain(password)
	if commonPasswords[strings.ToLower(password)] || commonPasswords[bare] || distinct(bare) < 5 {
		return journal.Refuse("password.common")
	}
	known := append(slices.Clone(localWords), strings.Fields(plain(u.ID))...)
	for _, name := range []string{u.Name, officeName(u.Office, plan)} {
		known = append(known, strings.Join(strings.Fields(plain(name)), ""))
		known = append(known, strings.Fields(plain(name))...)
	}
	slices.SortFunc(known, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	rest := strings.Join(strings.Fields(bare), "")
	for _, w := range known {
		if len(w) >= 3 {
			rest = strings.ReplaceAll(rest, w, "")
		}
	}
	if len(rest) < 8 || commonPasswords[rest] {
		return journal.Refuse("password.local")
	}
	return nil
}

func officeName(id string, plan *campaign.Plan) string {
	if o := plan.Offices[id]; o != nil {
		return o.Name
	}
	return ""
}

// plain is a text in small letters without tone marks.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

func distinct(s string) int {
	had := map[rune]bool{}
	for _, r := range s {
		had[r] = true
	}
	return len(had)
}

// SetPassword sets the actor's own password. Who has one says it too, as
// current. All other sessions of browsers end. Refusals: password.wrong, and
// those of a password that is not fit.
//
// The time it takes to check and make a hash is inside the transaction; it is
// a rare act.
func SetPassword(tx Tx, actor Actor, plan *campaign.Plan, current, password string, now time.Time) error {
	u, err := tx.User(actor.ID)
	if err != nil {
		return err
	}
	had, err := tx.Password(u.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err == nil {
		if ok, _ := checkPassword(current, had); !ok {
			return journal.Refuse("password.wrong")
		}
	}
	if err := fitPassword(password, u, plan); err != nil {
		return err
	}
	if err := tx.PutPassword(u.ID, hashPassword(password)); err != nil {
		return err
	}
	if err := endWhere(tx, u.ID, now, func(s Session) bool { return s.Device == "" && !slices.Equal(s.Hash, actor.session) }); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "password.changed", Office: u.Office, Subject: "user:" + u.ID})
}

// HasPassword says whether a user has a password.
func HasPassword(tx Tx, user string) (bool, error) {
	_, err := tx.Password(user)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// note records what an actor did.
func note(tx Tx, actor Actor, now time.Time, e audit.Event) error {
	e.Actor, e.Device = actor.ID, actor.Device
	return audit.Append(tx, now, e)
}
