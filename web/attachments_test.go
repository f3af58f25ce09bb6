package web_test

import (
	"crypto/ecdh"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/storetest"
)

func TestPictureOfAReceipt(t *testing.T) {
	s := open(t)
	ann, lead := s.worker("ann", "lea", "a")
	text := picture + strings.Repeat("x", 300_000)
	m := storetest.NewMaker()
	l := m.Enrol("ann", storetest.At(9, 9), storetest.Citizen(1), outreach.HouseholdHI, campaign.Paid)
	l.Entry.Device = "máy-1"
	l.Entry.Attachments = []journal.Attachment{{Digest: digestOf(text), Bytes: len(text), Type: "image/jpeg"}}
	path := "/api/v1/sync/attachments/" + l.Entry.ID.String() + "/" + digestOf(text)
	shown := "/api/v1/campaigns/c/entries/" + l.Entry.ID.String()
	at := func() string { return shown + "/attachments/" + digestOf(text) }

	s.wantCode(ann.ask("PATCH", path, text[:10]), 404, "attachment.unknown") // the entry comes first
	if got, _ := ann.push(l); got != "accepted" {
		t.Fatalf("push: %s", got)
	}
	want(t, "how far", string(ann.ask("GET", path, "").body), `{"offset":0,"bytes":300014,"complete":false}`+"\n")
	s.wantCode(ann.ask("PATCH", path, text, "Upload-Offset", "0"), 413, "body.too_large")
	want(t, "a piece", string(ann.ask("PATCH", path, text[:200_000]).body), `{"offset":200000,"bytes":300014,"complete":false}`+"\n")
	r := ann.ask("PATCH", path, text[:10], "Upload-Offset", "10")
	s.wantCode(r, 409, "attachment.offset")
	want(t, "where to go on", string(r.body[strings.Index(string(r.body), `"params"`):]), `"params":{"offset":200000}}`+"\n")
	s.wantCode(lead("GET", at(), ""), 404, "attachment.unknown")
	want(t, "the rest", string(ann.ask("PATCH", path, text[200_000:], "Upload-Offset", "200000").body), `{"offset":300014,"bytes":300014,"complete":true}`+"\n")

	var entry struct {
		Versions []struct {
			Pictures []struct{ Digest, State string }
		}
	}
	lead("GET", shown, "").decode(t, &entry)
	if p := entry.Versions[0].Pictures; len(p) != 1 || p[0].State != "here" || p[0].Digest != digestOf(text) {
		t.Errorf("the desk is told of %+v", p)
	}
	r = lead("GET", at(), "")
	if string(r.body) != text || r.header.Get("Content-Type") != "image/jpeg" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture: %d, %d bytes, %v", r.status, len(r.body), r.header)
	}
	s.wantCode(s.do(s.signIn(access.Auditor, "aud", "a"), "GET", at(), ""), 403, "right.missing")
	s.wantCode(s.do(s.signIn(access.Lead, "leb", "b"), "GET", at(), ""), 404, "not_found")
	err := s.store.View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Audit(audit.Query{Subject: "entry:" + l.Entry.ID.String(), Limit: 10})
		if len(rows) == 0 || rows[0].Act != "attachment.read" || rows[0].Actor != "lea" || rows[0].Office != "a" {
			t.Errorf("the audit has %+v", rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// Nobody on the phone opens one of another entry any more.
	l2 := m.Enrol("ann", storetest.At(9, 9), storetest.Citizen(2), outreach.HouseholdHI, campaign.Paid)
	l2.Entry.Device, l2.Entry.Attachments = "máy-1", l.Entry.Attachments
	var key *ecdh.PublicKey
	err = s.store.View(t.Context(), func(tx store.Tx) error {
		key = tx.RescueKey().PublicKey()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const rescue = "/api/v1/sync/rescue/picture"
	body := sealedPicture(t, key, "ann", "máy-1", l2.Entry.ID.String(), text)
	s.wantCode(ann.ask("POST", rescue, body), 404, "attachment.unknown")
	if got, _ := ann.push(l2); got != "accepted" {
		t.Fatalf("push: %s", got)
	}
	_, stranger := s.worker("bob", "lec", "b")
	s.wantCode(stranger("POST", rescue, body), 403, "right.missing")
	s.wantCode(ann.ask("POST", rescue, strings.Replace(body, `"one"`, `"two"`, 1)), 422, "rescue.sealed")
	want(t, "the sealed one", string(ann.ask("POST", rescue, body).body), `{"offset":300014,"bytes":300014,"complete":true}`+"\n")
	want(t, "by the lead", string(lead("POST", rescue, body).body), `{"offset":300014,"bytes":300014,"complete":true}`+"\n")
	r = lead("GET", "/api/v1/campaigns/c/entries/"+l2.Entry.ID.String()+"/attachments/"+digestOf(text), "")
	if string(r.body) != text {
		t.Errorf("it is another picture: %d", r.status)
	}

	// A phone that is to be wiped still brings it; one that is lost does not.
	lead("PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"leaving"}`)
	if r := ann.ask("PATCH", path, text[:10]); r.status != 200 {
		t.Errorf("leaving: %d %s", r.status, r.body)
	}
	lead("PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"lost"}`)
	s.wantCode(ann.ask("PATCH", path, text[:10]), 403, "device.lost")
}
