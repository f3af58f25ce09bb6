package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caunoi/access"
	"caunoi/attachment"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
)

func (s *Server) uploadRoutes(tag string) {
	const path = "/api/v1/sync/attachments/{entry}/{digest}"
	register(s, access.Push, namesNobody, operation("GET", path, "How much of a picture of one's own entry is here", tag), s.uploaded)

	piece := operation("PATCH", path, "Bring the next piece of a picture of one's own entry", tag)
	piece.Description = "At most 256 KiB, on disk when the answer comes. Refused as attachment.offset, with the right one, where it does not begin where the last one ended; 0 begins anew. The entry comes first."
	piece.MaxBodyBytes = attachment.MaxPiece
	piece.Errors = []int{http.StatusConflict, http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable, http.StatusInsufficientStorage}
	register(s, access.Push, namesNobody, piece, inTurn(s, fieldsync.Pushes, s.upload))

	rescue := operation("POST", "/api/v1/sync/rescue/picture", "Bring a sealed picture that nobody opens on its phone any more", tag)
	rescue.Description = "By its worker, or by who may bring what is recorded in the worker's office. At most 1 MiB before it was sealed. The entry comes first."
	rescue.MaxBodyBytes = fieldsync.MaxRescuedPicture
	rescue.Errors = piece.Errors
	register(s, access.Push, namesNobody, rescue, inTurn(s, fieldsync.Pushes, s.rescuePicture))
}

type rescuePictureInput struct {
	Body struct {
		Device string    `json:"device" minLength:"1" maxLength:"100" doc:"the phone that holds it"`
		Worker string    `json:"worker" minLength:"1" maxLength:"100" doc:"whose entry names it"`
		Seal   string    `json:"seal" maxLength:"100" doc:"id of the server's key, as pulled"`
		Key    sealedKey `json:"key"`
		Photo  string    `json:"photo" maxLength:"100" doc:"its id on the phone"`
		Entry  string    `json:"entry" maxLength:"100"`
		Digest string    `json:"digest" maxLength:"100" doc:"SHA-256 of the picture, as the entry names it"`
		IV     string    `json:"iv" maxLength:"100" doc:"12 bytes, base64"`
		Sealed string    `json:"ct" doc:"the picture, sealed for its id, base64"`
	}
}

func (s *Server) rescuePicture(ctx context.Context, c Caller, in *rescuePictureInput) (*uploadOutput, error) {
	b := &in.Body
	id, err := mayUpload(c, b.Entry)
	if err != nil {
		return nil, err
	}
	box := fieldsync.Outbox{Device: b.Device, Worker: b.Worker, Seal: b.Seal, Key: fieldsync.SealedKey(b.Key)}
	p, err := s.Intake.RescuePicture(ctx, c.Actor, c.plan, box, fieldsync.SealedPicture{ID: b.Photo, Entry: id, Digest: b.Digest, IV: b.IV, Sealed: b.Sealed})
	if err != nil {
		return nil, err
	}
	return uploadAnswer(p), nil
}

type uploadedInput struct {
	Entry  string `path:"entry" maxLength:"100"`
	Digest string `path:"digest" maxLength:"100" doc:"SHA-256 of the picture, as the entry names it"`
}

type uploadInput struct {
	Entry   string `path:"entry" maxLength:"100"`
	Digest  string `path:"digest" maxLength:"100" doc:"SHA-256 of the picture, as the entry names it"`
	Offset  int    `header:"Upload-Offset" minimum:"0" doc:"bytes of the picture before this piece"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type uploadOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Offset   int  `json:"offset" doc:"bytes that are here, from the first on"`
		Bytes    int  `json:"bytes" doc:"of the whole picture"`
		Complete bool `json:"complete"`
	}
}

func uploadAnswer(p attachment.Progress) *uploadOutput {
	out := &uploadOutput{CacheControl: "no-store"}
	out.Body.Offset, out.Body.Bytes, out.Body.Complete = p.Offset, p.Bytes, p.State == attachment.Here
	return out
}

// mayUpload asks whether the caller's phone may bring pictures, and of which
// entry.
func mayUpload(c Caller, entry string) (journal.ID, error) {
	if c.State == access.Lost {
		return journal.ID{}, journal.Refuse("device.lost")
	}
	id, err := journal.ParseID(entry)
	if err != nil {
		return id, journal.Refuse("attachment.unknown")
	}
	return id, nil
}

func (s *Server) uploaded(ctx context.Context, c Caller, in *uploadedInput) (*uploadOutput, error) {
	id, err := mayUpload(c, in.Entry)
	if err != nil {
		return nil, err
	}
	var p attachment.Progress
	err = s.Store.View(ctx, func(tx store.Tx) (err error) {
		p, err = attachment.At(tx, c.ID, id, in.Digest)
		return err
	})
	if err != nil {
		return nil, err
	}
	return uploadAnswer(p), nil
}

func (s *Server) upload(ctx context.Context, c Caller, in *uploadInput) (*uploadOutput, error) {
	id, err := mayUpload(c, in.Entry)
	if err != nil {
		return nil, err
	}
	var p attachment.Progress
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		p, err = attachment.Take(tx, c.ID, id, in.Digest, in.Offset, in.RawBody)
		return err
	})
	if err != nil {
		return nil, err
	}
	return uploadAnswer(p), nil
}

type pictureView struct {
	Digest string           `json:"digest"`
	Bytes  int              `json:"bytes"`
	Type   string           `json:"type"`
	State  attachment.State `json:"state" enum:"here,coming,gone"`
}

func picturesOf(tx store.Tx, st *journal.Stored) ([]pictureView, error) {
	out := []pictureView{}
	all, err := attachment.Of(tx, st)
	for _, p := range all {
		out = append(out, pictureView{p.Digest, p.Bytes, p.Type, p.State})
	}
	return out, err
}

func (s *Server) pictureRoutes(tag string) {
	shown := operation("GET", "/api/v1/campaigns/{campaign}/entries/{entry}/attachments/{digest}", "A picture of an entry, in clear", tag)
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	shown.Errors = []int{http.StatusGone}
	shown.Responses = map[string]*huma.Response{
		"200": {Description: "The picture", Content: map[string]*huma.MediaType{"image/webp": file, "image/jpeg": file}},
	}
	register(s, access.Reveal, "attachment.read", shown, s.picture)
}

type pictureInput struct {
	Campaign string `path:"campaign"`
	Entry    string `path:"entry"`
	Digest   string `path:"digest" maxLength:"100"`
}

func (in *pictureInput) subject() string { return "entry:" + in.Entry }

// picture shows one in clear, as a person's fields are.
func (s *Server) picture(ctx context.Context, c Caller, in *pictureInput) (*huma.StreamResponse, error) {
	id, err := journal.ParseID(in.Entry)
	if err != nil {
		return nil, notFound(in.Entry)
	}
	var shown journal.Attachment
	var data []byte
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		st, ok, err := tx.ByID(id)
		if err != nil {
			return err
		}
		if !ok || st.Campaign != in.Campaign || access.May(c.Actor, access.Reveal, st.Office, plan) != nil || !c.Sees(st.Commune) {
			return notFound(in.Entry) // as if it were not there
		}
		c.Read.Office = st.Office
		shown, data, err = attachment.Read(tx, id, in.Digest)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", shown.Type)
		hctx.SetHeader("Cache-Control", "no-store")
		_, _ = hctx.BodyWriter().Write(data)
	}}, nil
}
