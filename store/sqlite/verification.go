package sqlite

import (
	"database/sql"
	"strings"

	"caunoi/journal"
	"caunoi/people"
)

const verificationColumns = `person, phone_how, phone_of, phone_at, phone_by, sealed, result, check_of, differs, check_at, check_by, code_mac, code_of, code_until, code_tries, codes_on, codes`

func (t *tx) PutVerification(p people.Verification) error {
	return fault("write a verification", t.q.exec(`INSERT INTO person_proof (`+verificationColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (person) DO UPDATE SET phone_how = excluded.phone_how, phone_of = excluded.phone_of, phone_at = excluded.phone_at, phone_by = excluded.phone_by, sealed = excluded.sealed, result = excluded.result, check_of = excluded.check_of, differs = excluded.differs, check_at = excluded.check_at, check_by = excluded.check_by, code_mac = excluded.code_mac, code_of = excluded.code_of, code_until = excluded.code_until, code_tries = excluded.code_tries, codes_on = excluded.codes_on, codes = excluded.codes`,
		p.Person, p.PhoneHow, p.PhoneOf, whenever(p.PhoneAt), p.PhoneBy, append([]byte{}, p.Sealed...), string(p.Check), p.CheckOf,
		strings.Join(p.Differs, " "), whenever(p.CheckAt), p.CheckBy, p.CodeMAC, p.CodeOf, whenever(p.CodeUntil), p.CodeTries, string(p.CodesOn), p.Codes))
}

func (t *tx) Verification(person journal.ID) (people.Verification, error) {
	list, err := collect(t.q, func(r *sql.Rows) (p people.Verification, err error) {
		var phone, check, code int64
		var differs string
		err = r.Scan(&p.Person, &p.PhoneHow, &p.PhoneOf, &phone, &p.PhoneBy, &p.Sealed, &p.Check, &p.CheckOf,
			&differs, &check, &p.CheckBy, &p.CodeMAC, &p.CodeOf, &code, &p.CodeTries, &p.CodesOn, &p.Codes)
		p.PhoneAt, p.CheckAt, p.CodeUntil, p.Differs = maybe(phone), maybe(check), maybe(code), strings.Fields(differs)
		return p, err
	}, `SELECT `+verificationColumns+` FROM person_proof WHERE person = ?`, person)
	if err != nil || len(list) == 0 {
		return people.Verification{}, err
	}
	return list[0], nil
}
