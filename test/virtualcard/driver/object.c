/* Handles, and answers with a length. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "vcard.h"

static pthread_mutex_t list = PTHREAD_MUTEX_INITIALIZER; /* guards objects */
static object *objects;

object *newObject(enum kind kind, object *device) {
	object *o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	o->kind = kind;
	o->device = device ? device : o;
	if (!device)
		pthread_mutex_init(&o->turn, NULL);
	pthread_mutex_lock(&list);
	o->next = objects;
	objects = o;
	pthread_mutex_unlock(&list);
	return o;
}

/* One lock is never waited for while the list is locked: the turn of a device may
 * take as long as its card does. Whoever waits for a turn keeps object and device
 * alive by refs. */
object *grab(HANDLE h, enum kind kind, ULONG *sar) {
	pthread_mutex_lock(&list);
	object *o = objects;
	while (o && o != h)
		o = o->next;
	if (!o || (kind && o->kind != kind)) {
		pthread_mutex_unlock(&list);
		*sar = SAR_INVALIDHANDLEERR;
		return NULL;
	}
	o->refs++;
	o->device->refs++;
	pthread_mutex_unlock(&list);

	pthread_mutex_lock(&o->device->turn);
	*sar = o->dead ? SAR_INVALIDHANDLEERR : o->device->gone && kind != DEVICE ? SAR_DEVICE_REMOVED : SAR_OK;
	if (*sar) {
		release(o);
		return NULL;
	}
	return o;
}

/* reap frees what is dead and unused; the list is locked. */
static void reap(object *o) {
	if (!o->dead || o->refs)
		return;
	if (o->kind == DEVICE)
		pthread_mutex_destroy(&o->turn);
	EVP_CIPHER_CTX_free(o->cipher);
	OPENSSL_cleanse(o, sizeof *o);
	free(o);
}

void release(object *o) {
	object *device = o->device;
	pthread_mutex_unlock(&device->turn);
	pthread_mutex_lock(&list);
	o->refs--;
	device->refs--;
	if (o != device)
		reap(o);
	reap(device);
	pthread_mutex_unlock(&list);
}

void drop(object *o) {
	pthread_mutex_lock(&list);
	for (object **p = &objects; *p;) {
		object *x = *p;
		if (x == o || x->device == o) {
			*p = x->next;
			x->dead = 1;
			reap(x); /* not o, which the caller holds */
		} else {
			p = &x->next;
		}
	}
	pthread_mutex_unlock(&list);
	release(o);
}

void closeApplications(object *device) {
	static _Thread_local answer a;
	enum { MOST = 64 }; /* the card opens no more */
	BYTE ids[MOST][2];
	int n = 0;
	pthread_mutex_lock(&list);
	for (object *o = objects; o && n < MOST; o = o->next)
		if (o->device == device && o->kind == APPLICATION)
			memcpy(ids[n++], o->app, 2);
	pthread_mutex_unlock(&list);
	for (int i = 0; i < n; i++) {
		command c = start(INS_CLOSEAPP, 0, 0);
		put(&c, ids[i], 2);
		send(device, &c, 0, &a, NULL); /* the card may be gone, and they with it */
	}
}

ULONG deliver(const void *data, size_t len, void *out, ULONG *outLen) {
	if (!outLen)
		return SAR_INVALIDPARAMERR;
	if (!out) {
		*outLen = len;
		return SAR_OK;
	}
	if (*outLen < len) {
		*outLen = len;
		return SAR_BUFFER_TOO_SMALL;
	}
	memcpy(out, data, len);
	*outLen = len;
	return SAR_OK;
}

SKF SKF_CloseHandle(HANDLE h) {
	ULONG sar;
	object *o = grab(h, 0, &sar);
	if (!o)
		return sar;
	if (o->kind != KEY && o->kind != HASH) {
		release(o);
		return SAR_INVALIDHANDLEERR;
	}
	if (o->kind == KEY && !o->here) {
		command c = start(INS_DESTROYKEY, 0, 0);
		static _Thread_local answer a;
		put(&c, o->app, 2);
		put(&c, o->container, 2);
		put(&c, o->key, 2);
		sar = send(o->device, &c, 0, &a, NULL);
	}
	drop(o);
	return sar;
}
