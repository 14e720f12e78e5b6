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
	/* Taken under the lock of the list: nobody frees a device meanwhile. Calls
	 * on other devices wait as well; the driver is for tests. */
	pthread_mutex_lock(&o->device->turn);
	pthread_mutex_unlock(&list);
	if (o->device->gone && kind != DEVICE) {
		pthread_mutex_unlock(&o->device->turn);
		*sar = SAR_DEVICE_REMOVED;
		return NULL;
	}
	*sar = SAR_OK;
	return o;
}

void release(object *o) { pthread_mutex_unlock(&o->device->turn); }

static void destroy(object *o) {
	EVP_CIPHER_CTX_free(o->cipher);
	OPENSSL_cleanse(o, sizeof *o);
	free(o);
}

/* drop ends an object whose turn the caller has, and gives the turn back. */
void drop(object *o) {
	object *device = o->device;
	int whole = o == device;
	pthread_mutex_unlock(&device->turn);
	pthread_mutex_lock(&list);
	for (object **p = &objects; *p;) {
		object *x = *p;
		if (x == o || (whole && x->device == o && x != o)) {
			*p = x->next;
			if (x != o)
				destroy(x);
		} else {
			p = &x->next;
		}
	}
	if (whole) { /* wait for a call that got its turn before */
		pthread_mutex_lock(&device->turn);
		pthread_mutex_unlock(&device->turn);
		pthread_mutex_destroy(&device->turn);
	}
	destroy(o);
	pthread_mutex_unlock(&list);
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
