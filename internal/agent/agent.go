// Package agent gives the pages of this PC's browser what its UKeys can do.
package agent

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"

	"xinzhang/internal/fault"
	"xinzhang/internal/prompt"
)

const largeBodyTime = time.Minute

// A Server is the agent.
type Server struct {
	byName []*method
}

var errNotBuilt = fault.New(fault.InternalError)

func (s *Server) hello(context.Context, *HelloParams) (*Hello, error) { return nil, errNotBuilt }
func (s *Server) keys(context.Context, *KeysParams) (*Keys, error)    { return nil, errNotBuilt }
func (s *Server) certificate(context.Context, *CertificateParams) (*Certificate, error) {
	return nil, errNotBuilt
}
func (s *Server) login(context.Context, *LoginParams) (*Login, error) { return nil, errNotBuilt }
func (s *Server) sign(context.Context, *SignParams) (*Signed, error)  { return nil, errNotBuilt }
func (s *Server) batch(context.Context, *BatchParams) (*Batch, error) { return nil, errNotBuilt }
func (s *Server) decrypt(context.Context, *DecryptParams) (*Decrypted, error) {
	return nil, errNotBuilt
}
func (s *Server) verify(context.Context, *VerifyParams) (*Verified, error)  { return nil, errNotBuilt }
func (s *Server) cancel(context.Context, *CancelParams) (*Cancelled, error) { return nil, errNotBuilt }
func (s *Server) health(context.Context, *struct{}) (*Body[Health], error)  { return nil, errNotBuilt }
func (s *Server) windowCall(context.Context, *Body[WindowCall]) (*Body[WindowResult], error) {
	return nil, errNotBuilt
}
func (s *Server) deliver(context.Context, *Body[Delivery]) (*Body[Delivered], error) {
	return nil, errNotBuilt
}
func (s *Server) question(context.Context, *windowID) (*Body[prompt.Question], error) {
	return nil, errNotBuilt
}
func (s *Server) answer(context.Context, *windowAnswer) (*Body[WindowDone], error) {
	return nil, errNotBuilt
}
func (s *Server) openSession(context.Context, *Body[ManagerTicket]) (*session, error) {
	return nil, errNotBuilt
}
func (s *Server) managedKeys(context.Context, *struct{}) (*Body[ManagedKeys], error) {
	return nil, errNotBuilt
}
func (s *Server) revealIDNumber(context.Context, *keyOnly) (*Body[IDNumber], error) {
	return nil, errNotBuilt
}
func (s *Server) compareIDNumber(context.Context, *forKey[CompareParams]) (*Body[Comparison], error) {
	return nil, errNotBuilt
}
func (s *Server) verifyPIN(context.Context, *forKey[PINParams]) (*Body[PINResult], error) {
	return nil, errNotBuilt
}
func (s *Server) changePIN(context.Context, *forKey[ChangePINParams]) (*Body[PINResult], error) {
	return nil, errNotBuilt
}
func (s *Server) testSignature(context.Context, *forKey[PINParams]) (*Body[TestSignature], error) {
	return nil, errNotBuilt
}
func (s *Server) exportCertificate(context.Context, *certificateQuery) (*file, error) {
	return nil, errNotBuilt
}
func (s *Server) listOrigins(context.Context, *struct{}) (*Body[Origins], error) {
	return nil, errNotBuilt
}
func (s *Server) revokeOrigin(context.Context, *originQuery) (*Body[Origins], error) {
	return nil, errNotBuilt
}
func (s *Server) getSettings(context.Context, *struct{}) (*Body[Settings], error) {
	return nil, errNotBuilt
}
func (s *Server) putSettings(context.Context, *Body[Settings]) (*Body[Settings], error) {
	return nil, errNotBuilt
}
func (s *Server) signedLog(context.Context, *logQuery) (*Body[SignedLog], error) {
	return nil, errNotBuilt
}
func (s *Server) status(context.Context, *struct{}) (*Body[Status], error) { return nil, errNotBuilt }
func (s *Server) windowEvents(context.Context, *windowID, sse.Sender)      {}
func (s *Server) managerEvents(context.Context, *struct{}, sse.Sender)     {}
