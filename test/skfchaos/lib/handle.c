/*
 * handle.c: the handles of this process. As with the libraries of the field they
 * are addresses; unlike those, all are known, so that a stale or wrong one is
 * refused, unless a switch says otherwise.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chaos.h"

struct handle *handles; /* guarded by the library lock */

struct handle *device_of(struct handle *h)
{
	while (h->parent)
		h = h->parent;
	return h;
}

struct handle *open_handle(enum kind kind, struct handle *parent)
{
	struct handle *h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	h->kind = kind;
	h->parent = parent;
	h->lock = -1;
	h->next = handles;
	handles = h;
	return h;
}

ULONG hand_out(struct call *c, struct handle *h, HANDLE *out)
{
	if (!h)
		return SAR_MEMORYERR;
	*out = on(c, "null-handle") ? NULL : h;
	return SAR_OK;
}

static struct handle *find(struct call *c, HANDLE wanted, int from, int to)
{
	for (struct handle *h = handles; h; h = h->next)
		if (h == wanted && (int)h->kind >= from && (int)h->kind <= to)
			return h;
	if (on(c, "wrong-handle-crash"))
		crash();
	c->answer = SAR_INVALIDHANDLEERR;
	return NULL;
}

static void drop(struct handle *gone)
{
	for (struct handle *h = handles; h;) {
		struct handle *next = h->next;
		if (h->parent == gone) {
			drop(h);
			next = handles; /* the list may have lost any */
		}
		h = next;
	}
	for (struct handle **at = &handles; *at; at = &(*at)->next)
		if (*at == gone) {
			*at = gone->next;
			break;
		}
	if (gone->lock >= 0)
		close(gone->lock);
	free_cipher(gone->cipher);
	memset(gone, 0, sizeof *gone);
	free(gone);
}

/* close_handle closes a handle of one of the kinds, and those below it. */
ULONG close_handle(struct call *c, HANDLE wanted, enum kind from, enum kind to)
{
	struct handle *h = find(c, wanted, from, to);
	if (!h)
		return c->answer;
	drop(h);
	return SAR_OK;
}

void kill_handles(const char *device)
{
	for (struct handle *h = handles; h; h = h->next)
		if (h->kind == DEVICE && !strcmp(h->name, device))
			h->dead = true;
}

/* is_alive asks whether the device of h is the one that was connected. */
static bool is_alive(struct call *c, struct handle *root)
{
	if (!is_present(root->name)) {
		root->dead = true;
		c->answer = (ULONG)strtoul(setting("gone-answer", "0A000023"), NULL, 16);
	} else if (root->dead || root->plugged != number(setting("plugged", "0"), 0)) {
		root->dead = true;
		c->answer = (ULONG)strtoul(setting("stale-answer", "0A000005"), NULL, 16);
	}
	return !root->dead;
}

enum { PATIENCE = 10000 }; /* milliseconds that a call waits for another program */

/* use finds a handle, locks its device for this call and loads the token. */
struct handle *use(struct call *c, HANDLE wanted, enum kind kind)
{
	struct handle *h = find(c, wanted, kind, kind);
	if (!h || !is_alive(c, device_of(h)))
		return NULL;
	char device[sizeof h->name];
	strcpy(device, device_of(h)->name);
	if (device_of(h)->lock < 0) {
		c->lock = lock_token(device, PATIENCE);
		if (c->lock < 0) {
			c->answer = SAR_TIMEOUTERR;
			return NULL;
		}
		h = find(c, wanted, kind, kind); /* it may have been closed meanwhile */
		if (!h)
			return NULL;
	}
	if (!load_token(c, device)) {
		c->answer = SAR_FILEERR;
		return NULL;
	}
	return h;
}

static struct app *app_of(struct call *c, struct handle *h)
{
	for (uint32_t i = 0; i < c->token.apps; i++)
		if (c->token.app[i].id == h->id)
			return &c->token.app[i];
	c->answer = SAR_APPLICATION_NOT_EXISTS;
	return NULL;
}

/* use_app is use for an application, which may have been deleted since. */
struct app *use_app(struct call *c, HANDLE wanted, struct handle **handle)
{
	struct handle *h = use(c, wanted, APPLICATION);
	*handle = h;
	return h ? app_of(c, h) : NULL;
}

/* use_container is use for a container; the handle given is the application's. */
struct container *use_container(struct call *c, HANDLE wanted, struct handle **handle)
{
	struct handle *h = use(c, wanted, CONTAINER);
	if (!h)
		return NULL;
	*handle = h->parent;
	struct app *a = app_of(c, h->parent);
	for (uint32_t i = 0; a && i < a->containers; i++)
		if (a->container[i].id == h->id)
			return &a->container[i];
	if (a)
		c->answer = SAR_KEYNOTFOUNTERR;
	return NULL;
}

bool is_verified(struct call *c, const struct app *app, const struct handle *h, ULONG type)
{
	const struct pin *p = &app->pins[type];
	if (on(c, "forget-pin"))
		return false;
	return h->verified[type] == p->epoch || (on(c, "shared-login") && p->open == p->epoch);
}

/* need_user asks for the user PIN. */
ULONG need_user(struct call *c, const struct app *app, const struct handle *h)
{
	if (is_verified(c, app, h, USER_TYPE))
		return SAR_OK;
	return app->pins[USER_TYPE].left == 0 ? SAR_PIN_LOCKED : SAR_USER_NOT_LOGGED_IN;
}
