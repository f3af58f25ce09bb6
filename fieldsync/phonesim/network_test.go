package phonesim

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"time"
)

// The network between a phone and the server. Each request has a fate of its
// own, which the phone's dice decide when it is sent, so that no order of
// goroutines decides anything.

var errCut = errors.New("the connection was cut")

// sending is a request on its way.
type sending struct {
	method, path string
	token        string
	body         []byte
	zipped       bool
	ids          []string  // of the records in it
	stamp        time.Time // the phone's clock
	sentAt       time.Time // true time
}

// answered is what the phone gets for a request, if it gets something.
type answered struct {
	response
	err error
}

// fate is what becomes of a request.
type fate struct {
	out, back time.Duration // how long it takes each way
	lost      bool          // on its way there
	silent    bool          // and nobody says so
	instead   *response     // somebody on the way answers for the server
	muted     bool          // the answer is lost
	torn      bool          // half of the answer arrives
	twins     []time.Duration
}

// send gives a request to the network.
func (w *world) send(s sending, f fate) <-chan answered {
	ch := make(chan answered, 1)
	w.pending.Go(func() {
		time.Sleep(f.out)
		switch {
		case f.lost && f.silent:
			return
		case f.lost:
			ch <- answered{err: errCut}
			return
		case f.instead != nil:
			ch <- answered{response: *f.instead}
			return
		}
		r, err := w.deliver(s)
		for _, later := range f.twins {
			w.pending.Go(func() {
				time.Sleep(later)
				_, _ = w.deliver(s) // nobody waits for this answer
			})
		}
		time.Sleep(f.back)
		switch {
		case f.muted && f.silent:
		case f.muted || err != nil:
			ch <- answered{err: errCut}
		case f.torn:
			r.body = r.body[:len(r.body)/2]
			ch <- answered{response: r}
		default:
			ch <- answered{response: r}
		}
	})
	return ch
}

// deliver hands a request to the server. An answer of a server that died
// meanwhile is none.
func (w *world) deliver(s sending) (response, error) {
	srv := w.server
	if srv == nil {
		return response{}, errCut
	}
	w.log.arrive(s)
	body, undo := s.body, func(b []byte) []byte { return b }
	if w.flaw == takesTwice {
		body, undo = w.fresh(s)
	}
	r, err := http.NewRequestWithContext(context.Background(), s.method, "http://caunoi.test"+s.path, bytes.NewReader(body))
	if err != nil {
		return response{}, err
	}
	r.RequestURI = r.URL.RequestURI()
	r.RemoteAddr = "192.0.2.1:1234"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("X-Caunoi", "1")
	if s.zipped {
		r.Header.Set("Content-Encoding", "gzip")
	}
	a := httptest.NewRecorder()
	srv.web.Handler().ServeHTTP(a, r)
	w.count("requests")
	if srv.machine.dead {
		return response{}, errCut
	}
	if a.Code >= 500 && a.Code != http.StatusServiceUnavailable {
		w.fail("the server answered %d: %s", a.Code, a.Body.Bytes())
	}
	return response{status: a.Code, ours: a.Header().Get("Content-Type") == "application/problem+json", after: a.Header().Get("Retry-After"), date: now().Format(http.TimeFormat), body: undo(a.Body.Bytes())}, nil
}
