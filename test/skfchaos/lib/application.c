/* application.c: 7.3, applications, behind the device key. */
#include <string.h>

#include "chaos.h"

static ULONG need_device_key(struct call *c, const struct handle *dev)
{
	return dev->auth_epoch == c->token.auth_epoch ? SAR_OK : SAR_USER_NOT_LOGGED_IN;
}

static struct app *named(struct call *c, const char *name)
{
	for (uint32_t i = 0; name && i < c->token.apps; i++)
		if (!strcmp(c->token.app[i].name, name))
			return &c->token.app[i];
	return NULL;
}

static ULONG open_app(struct call *c, struct handle *dev, const struct app *a, HAPPLICATION *out)
{
	struct handle *h = open_handle(APPLICATION, dev);
	if (h)
		h->id = a->id;
	return hand_out(c, h, out);
}

static bool is_pin(const char *pin) { return pin && strlen(pin) >= MIN_PIN && strlen(pin) <= MAX_PIN; }

static bool is_tries(ULONG n) { return n >= 1 && n <= MAX_TRIES; }

static void first_pin(struct pin *p, const char *text, ULONG tries)
{
	strcpy(p->text, text);
	p->max = p->left = (uint32_t)tries;
	p->first = p->epoch = 1;
}

struct wish {
	const char *name, *admin, *user;
	DWORD admin_tries, user_tries, create_files;
};

static ULONG create_application(struct call *c, DEVHANDLE h, struct wish w, HAPPLICATION *out)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (need_device_key(c, dev))
		return need_device_key(c, dev);
	if (!w.name || !*w.name || strlen(w.name) > MAX_APP_NAME)
		return SAR_NAMELENERR;
	if (!is_pin(w.admin) || !is_pin(w.user))
		return SAR_PIN_LEN_RANGE;
	if (!out || !is_tries(w.admin_tries) || !is_tries(w.user_tries))
		return SAR_INVALIDPARAMERR;
	if (named(c, w.name))
		return SAR_APPLICATION_EXISTS;
	if (c->token.apps == MAX_APPS)
		return SAR_NO_ROOM;
	struct app *a = &c->token.app[c->token.apps++];
	memset(a, 0, sizeof *a);
	a->id = ++c->token.last_id;
	strcpy(a->name, w.name);
	first_pin(&a->pins[ADMIN_TYPE], w.admin, w.admin_tries);
	first_pin(&a->pins[USER_TYPE], w.user, w.user_tries);
	a->create_files = (uint32_t)w.create_files;
	c->changed = true;
	return open_app(c, dev, a, out);
}

ULONG SKF_CreateApplication(DEVHANDLE hDev, LPSTR szAppName, LPSTR szAdminPin, DWORD dwAdminRetry, LPSTR szUserPin,
	DWORD dwUserRetry, DWORD dwCreateFileRights, HAPPLICATION *phApp)
{
	struct wish w = {szAppName, szAdminPin, szUserPin, dwAdminRetry, dwUserRetry, dwCreateFileRights};
	RUN(create_application(c, hDev, w, phApp));
}

static ULONG enum_application(struct call *c, DEVHANDLE h, char *list, ULONG *size)
{
	const char *names[MAX_APPS];
	if (!use(c, h, DEVICE))
		return c->answer;
	for (uint32_t i = 0; i < c->token.apps; i++)
		names[i] = c->token.app[i].name;
	return put_names(c, names, c->token.apps, list, size);
}

ULONG SKF_EnumApplication(DEVHANDLE hDev, LPSTR szAppName, ULONG *pulSize) { RUN(enum_application(c, hDev, szAppName, pulSize)); }

static void forget_blobs(struct app *a)
{
	for (uint32_t i = 0; i < a->containers; i++) {
		drop_blob(&a->container[i].sign.cert);
		drop_blob(&a->container[i].enc.cert);
	}
	for (uint32_t i = 0; i < a->files; i++)
		drop_blob(&a->file[i].content);
}

static ULONG delete_application(struct call *c, DEVHANDLE h, const char *name)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (need_device_key(c, dev))
		return need_device_key(c, dev);
	struct app *a = named(c, name);
	if (!a)
		return SAR_APPLICATION_NOT_EXISTS;
	forget_blobs(a);
	struct app *end = &c->token.app[c->token.apps--];
	memmove(a, a + 1, (size_t)((char *)end - (char *)(a + 1)));
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_DeleteApplication(DEVHANDLE hDev, LPSTR szAppName) { RUN(delete_application(c, hDev, szAppName)); }

static ULONG open_application(struct call *c, DEVHANDLE h, const char *name, HAPPLICATION *out)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (!out)
		return SAR_INVALIDPARAMERR;
	struct app *a = named(c, name);
	return a ? open_app(c, dev, a, out) : SAR_APPLICATION_NOT_EXISTS;
}

ULONG SKF_OpenApplication(DEVHANDLE hDev, LPSTR szAppName, HAPPLICATION *phApp) { RUN(open_application(c, hDev, szAppName, phApp)); }

ULONG SKF_CloseApplication(HAPPLICATION hApp) { RUN(close_handle(c, hApp, APPLICATION, APPLICATION)); }
