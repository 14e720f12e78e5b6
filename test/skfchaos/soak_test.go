package skfchaos_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/test/skfchaos"
)

// A device that is used on and on while its library crashes and hangs at every
// place: this process lives, handles open again by themselves, the PIN is asked for
// again and is never sent by us, and nothing piles up. XINZHANG_SOAK=1: 1,000
// faults.
func TestAThousandCrashesAndHangs(t *testing.T) {
	rounds := 60
	if os.Getenv("XINZHANG_SOAK") == "1" {
		rounds = 1000
	}
	c := prepared(t, skfchaos.Build(t, skfchaos.Layouts[0]), skf.Profile{})
	c.restart()
	c.Limit(callTime, time.Millisecond)
	dev, err := c.Connect(t.Context(), "CHAOS-1")
	c.must(err)
	app, err := dev.OpenApplication(t.Context(), "APP")
	c.must(err)
	box, err := app.OpenContainer(t.Context(), "sign-1")
	c.must(err)

	functions := []string{"SKF_EnumDev", "SKF_ConnectDev", "SKF_GetDevInfo", "SKF_OpenApplication", "SKF_OpenContainer", "SKF_ExportCertificate", "SKF_ECCSignData", "SKF_VerifyPIN", "load"}
	kinds := []string{"crash", "crash-late", "abort", "quick-exit", "crash", "crash", "crash", "crash", "crash", "hang"}
	heard := map[fault.Code]int{}
	var before uint64
	for i := range rounds {
		if i == rounds/5 { // what is made once is made by now
			before = held()
		}
		where, what := functions[i%len(functions)], kinds[i%len(kinds)]
		switches := fmt.Sprintf("%s@%s#1", what, where)
		if where != "SKF_ExportCertificate" && where != "SKF_ECCSignData" { // met when everything is opened again
			switches += "; crash@SKF_EnumContainer#1"
		}
		c.switches(switches)
		var told error
		healed := false
		for range 12 { // the fault, and what follows from it; a busy machine adds hangs of its own
			err := use(t, app, box)
			if healed = err == nil; healed {
				break
			}
			told = errors.Join(told, err)
			heard[fault.Of(err).Code]++
			if errors.Is(err, fault.PINNotVerified) { // the person is asked, and types it
				if err := app.VerifyPIN(t.Context(), token.UserPIN, pin(user)); err != nil {
					told = errors.Join(told, err)
					heard[fault.Of(err).Code]++
				}
			}
		}
		if !healed {
			t.Fatalf("round %d, %s in %s: not healed after %v", i, what, where, told)
		}
	}
	t.Logf("%d faults; heard %v", rounds, heard)
	if heard[fault.SKFCrashed]+heard[fault.SKFHung] < rounds || heard[fault.SKFHung] < rounds/20 {
		t.Errorf("heard %v: the faults did not happen", heard)
	}
	if after := held(); after > before+before/4+(4<<20) {
		t.Errorf("memory grew from %d to %d KiB", before>>10, after>>10)
	}
	if n := runtime.NumGoroutine(); n > 40 {
		t.Errorf("%d goroutines are left", n)
	}
	if left := c.tries(); left != token.Tries {
		t.Errorf("%d tries are left: we spent the rest", left)
	}
}

// use signs and reads a certificate.
func use(t *testing.T, app token.Application, box token.Container) error {
	if _, err := app.Containers(t.Context()); err != nil {
		return err
	}
	if _, err := box.ExportCertificate(t.Context(), token.Signing); err != nil {
		return err
	}
	_, err := box.SignDigest(t.Context(), [32]byte{1})
	return err
}

func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// A driver that is watched for as long as the program lives holds nothing of the
// hosts that crashed meanwhile: not by the context of the watch, not by a timer.
func TestNothingIsHeldOfHostsThatCrashed(t *testing.T) {
	c := prepared(t, skfchaos.Build(t, skfchaos.Layouts[0]), skf.Profile{})
	c.restart()
	c.Limit(callTime, time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for range c.Watch(ctx) {
		}
	}()
	defer func() { cancel(); <-watched }()
	crash := func(times int) {
		for n := 0; n < times; n++ {
			c.switches("crash@SKF_ConnectDev#1")
			if d, err := c.Connect(ctx, c.name); err == nil {
				n-- // who watches looked at the UKey first, and had the crash
				_ = d.Close()
			}
			if _, err := c.Devices(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	crash(20)
	before := held()
	crash(200)
	if after := held(); after > before+150<<10 { // 1.9 KiB each when they are held
		t.Errorf("%d KiB are held after 20 crashes, %d KiB after 220", before>>10, after>>10)
	}
}
