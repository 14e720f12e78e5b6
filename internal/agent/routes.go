package agent

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"xinzhang/internal/problem"
)

const description = `本机 UKey 服务 · the UKeys of this PC, for pages in its browser. See docs/design/agent.md.

Page API: POST /v1/METHOD by business pages (Origin is another origin), or the same as messages
SocketCall, SocketAnswer, SocketEvent on the WebSocket /v1/socket. Window and manager API: the agent's own pages only.`

// Body is an input or an output that is a JSON body.
type Body[T any] struct{ Body T }

// Of a key.
type forKey[T any] struct {
	ID   string `path:"id" pattern:"^[0-9a-f]{64}$"`
	Body T
}

type keyOnly struct {
	ID string `path:"id" pattern:"^[0-9a-f]{64}$"`
}

type windowID struct {
	ID string `path:"id" pattern:"^[A-Za-z0-9_-]{16,64}$"`
}

// Of a window that listens. Its browser names the last event that it heard.
type windowStream struct {
	ID   string `path:"id" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Last string `header:"Last-Event-ID" maxLength:"64"`
}

type windowAnswer struct {
	ID   string `path:"id" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Body WindowAnswer
}

type windowSteer struct {
	ID   string `path:"id" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Body WindowSteer
}

type certificateQuery struct {
	ID   string `path:"id" pattern:"^[0-9a-f]{64}$"`
	Use  string `query:"use" enum:"signing,encryption" default:"signing"`
	Form string `query:"form" enum:"cer,pem" default:"cer"`
}

type file struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

type session struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      ManagerSession
}

type originQuery struct {
	Origin string `query:"origin" required:"true" maxLength:"256"`
}

type logQuery struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

const (
	smallBody = 64 << 10
	largeBody = 64 << 20
)

// routes registers everything that api/agent.yaml describes.
func (s *Server) routes(api huma.API) {
	s.pageRoutes(api)
	s.windowRoutes(api)
	s.managerRoutes(api)
	schemas := api.OpenAPI().Components.Schemas
	for _, m := range socketMessages {
		schemas.Schema(m, true, "")
	}
}

func op(id, method, path, tag, summary string, errs ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Tags: []string{tag}, Summary: summary, Errors: errs,
		MaxBodyBytes: smallBody, BodyReadTimeout: 10 * time.Second,
	}
}

func (s *Server) pageRoutes(api huma.API) {
	problem.Handle(api, op("health", "GET", "/health", "page", "在不在 · is an agent there"), s.health)
	for _, m := range s.byName {
		m.register(api)
	}
}

func (s *Server) windowRoutes(api huma.API) {
	calls := op("windowCall", "POST", "/v1/windows/calls", "window", "代业务页面调用 · a call of a business page that came through a window", 403)
	calls.MaxBodyBytes, calls.BodyReadTimeout = largeBody, largeBodyTime
	problem.Handle(api, calls, s.windowCall)
	deliver := op("deliver", "POST", "/v1/windows/deliver", "window", "把结果送到业务系统 · bring an answer to the page's server", 403, 502)
	deliver.MaxBodyBytes, deliver.BodyReadTimeout = largeBody, largeBodyTime // answers of a call that may be as large
	problem.Handle(api, deliver, s.deliver)
	problem.Handle(api, op("question", "GET", "/v1/windows/{id}", "window", "问题 · the question of a window", 404), s.readQuestion)
	problem.Handle(api, op("answer", "POST", "/v1/windows/{id}/answer", "window", "回答 · what the person decided", 403, 404, 409, 423), s.answer)
	problem.Handle(api, op("steer", "POST", "/v1/windows/{id}/steer", "window", "暂停、继续、停止 · hold, let go on, or stop a batch", 404), s.steer)
	sse.Register(api, op("windowEvents", "GET", "/v1/windows/{id}/events", "window", "窗口事件 · events of a window", 404),
		map[string]any{"question": WindowOpened{}, "keys": WindowKeys{}, "tries": WindowTries{}, "progress": WindowProgress{}, "closed": WindowClosed{}}, s.windowEvents)
}

func (s *Server) managerRoutes(api huma.API) {
	const m = "manager"
	problem.Handle(api, op("openSession", "POST", "/v1/manager/session", m, "会话 · open a session by the ticket of xinzhang-agent open", 403), s.openSession)
	problem.Handle(api, op("managedKeys", "GET", "/v1/manager/keys", m, "全部 UKey · all UKeys", 401), s.managedKeys)
	sse.Register(api, op("managerEvents", "GET", "/v1/manager/events", m, "插拔事件 · plug events", 401),
		map[string]any{"keys": KeysEvent{}}, s.managerEvents)
	problem.Handle(api, op("revealIDNumber", "POST", "/v1/manager/keys/{id}/id-number", m, "显示身份证号 · show the ID number; noted in the log", 401, 404), s.revealIDNumber)
	problem.Handle(api, op("compareIDNumber", "POST", "/v1/manager/keys/{id}/compare", m, "比对身份证号 · compare the ID number", 401, 404), s.compareIDNumber)
	problem.Handle(api, op("verifyPIN", "POST", "/v1/manager/keys/{id}/verify-pin", m, "开始校验 · verify the PIN", 401, 403, 404, 409, 423), s.verifyPIN)
	problem.Handle(api, op("changePIN", "POST", "/v1/manager/keys/{id}/change-pin", m, "修改密码 · change the PIN", 401, 403, 404, 409, 423), s.changePIN)
	problem.Handle(api, op("testSignature", "POST", "/v1/manager/keys/{id}/test-signature", m, "测试签名 · sign random octets and check", 401, 403, 404, 409, 423), s.testSignature)
	cer := op("exportCertificate", "GET", "/v1/manager/keys/{id}/certificate", m, "导出证书 · export a certificate", 401, 404)
	cer.Responses = map[string]*huma.Response{"200": {Description: "the certificate", Content: map[string]*huma.MediaType{
		"application/pkix-cert": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
	}}}
	problem.Handle(api, cer, s.exportCertificate)
	problem.Handle(api, op("origins", "GET", "/v1/manager/origins", m, "允许的网站 · who may call", 401), s.listOrigins)
	problem.Handle(api, op("revokeOrigin", "DELETE", "/v1/manager/origins", m, "取消允许 · allow no longer", 401, 404), s.revokeOrigin)
	problem.Handle(api, op("settings", "GET", "/v1/manager/settings", m, "设置 · settings", 401), s.getSettings)
	problem.Handle(api, op("changeSettings", "PUT", "/v1/manager/settings", m, "修改设置 · change settings", 401), s.putSettings)
	problem.Handle(api, op("log", "GET", "/v1/manager/log", m, "签署记录 · what was signed for whom", 401), s.signedLog)
	problem.Handle(api, op("status", "GET", "/v1/manager/status", m, "状态 · for people who look for a fault", 401), s.status)
}
