package agent

import (
	"context"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
)

// The three minutes end while the UKey looks at the PIN: the person answered in
// time, be it for one document or for several.
func TestAYesInTimeStandsThoughTheTimeEndsMeanwhile(t *testing.T) {
	for _, documents := range []int{1, 2} {
		ws := newWindows(&Server{cfg: Config{Ring: keyring.New(keyring.Config{})}})
		ctx, cancel := context.WithTimeoutCause(withCaller(t.Context(), caller{window: "w"}), time.Second, fault.New(fault.UserAbsent))
		defer cancel()
		asked := make(chan error)
		go func() {
			asked <- ws.Ask(ctx, func() prompt.Question {
				return prompt.Question{Documents: make([]prompt.Shown, documents)}
			}, func(ctx context.Context, _ prompt.Answer) error {
				<-ctx.Done()
				time.Sleep(100 * time.Millisecond) // until the one who asks noticed
				return nil
			})
		}()
		w, err := ws.find("w")
		for ; err != nil; w, err = ws.find("w") {
			time.Sleep(time.Millisecond)
		}
		now := time.Now()
		w.show(now)
		stays, err := w.answer(prompt.Answer{Approve: true}, now.Add(inert))
		if err != nil || stays != (documents > 1) {
			t.Errorf("%d documents: the window was told %v, %v", documents, stays, err)
		}
		if err := <-asked; err != nil {
			t.Errorf("%d documents: the yes became %v", documents, err)
		}
	}
}
