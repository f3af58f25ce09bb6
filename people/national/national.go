// Package national asks a national service whether a person's identity is as
// we know it, by the small contract of docs/national-check.md.
package national

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/people"
)

// mostAnswer bounds what is read of an answer, bytes.
const mostAnswer = 64 << 10

// Timeout is how long the service may take.
const Timeout = 5 * time.Second

// Service is where to ask.
type Service struct {
	url, token string
	timeout    time.Duration
	client     *http.Client
}

// ErrAddress says that an address would send personal data in the clear.
var ErrAddress = errors.New("the address of the national service must begin with https://, or be on this machine")

// New is the service at an address, with a bearer token if it wants one. A
// timeout of 0 is [Timeout].
func New(address, token string, timeout time.Duration) (*Service, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, ErrAddress
	}
	local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return nil, ErrAddress
	}
	if timeout == 0 {
		timeout = Timeout
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // not to whom we did not mean
	return &Service{address, token, timeout, client}, nil
}

type question struct {
	V int `json:"v"`
	people.Identity
}

type answer struct {
	Result  people.CheckResult `json:"result"`
	Differs []string           `json:"differs"`
}

// Check asks. Whatever goes wrong is people.Unverified.
func (s *Service) Check(ctx context.Context, who people.Identity) (people.CheckResult, []string) {
	got, err := s.ask(ctx, who)
	if err != nil {
		return people.Unverified, nil
	}
	switch got.Result {
	case people.Match, people.Unknown:
		return got.Result, nil
	case people.Mismatch:
		return got.Result, got.Differs
	}
	return people.Unverified, nil
}

var errAnswer = errors.New("not an answer of the contract")

func (s *Service) ask(ctx context.Context, who people.Identity) (got answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	body, err := json.Marshal(question{1, who})
	if err != nil {
		return got, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return got, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return got, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return got, errAnswer
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer+1))
	if err != nil || len(raw) > mostAnswer {
		return got, errors.Join(err, errAnswer)
	}
	return got, json.Unmarshal(raw, &got)
}
