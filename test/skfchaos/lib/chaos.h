/* chaos.h: what the files of the library share. */
#ifndef CHAOS_H
#define CHAOS_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include "gmt0016.h"

/* The token, as it lies in its file. Only fixed widths: the four builds share it. */
enum {
	MAX_APPS = 4, MAX_CONTAINERS = 8, MAX_FILES = 16,
	MAX_APP_NAME = 32, MAX_CONTAINER_NAME = 64, MAX_FILE_NAME = 32, MAX_LABEL = 31, MAX_DEVICE_NAME = 63,
	MAX_CERT = 8192, MAX_FILE = 128 * 1024,
	MIN_PIN = 6, MAX_PIN = 16, MAX_TRIES = 10,
};

struct blob {
	uint8_t *data;
	uint64_t len;
};

struct pin {
	char text[MAX_PIN + 1];
	uint32_t max, left, first;
	uint32_t epoch; /* what was verified in an earlier one is over */
	uint32_t open;  /* for the switch shared-login */
};

struct pair {
	uint32_t present;
	uint8_t d[32], x[32], y[32];
	struct blob cert;
};

struct container {
	uint64_t id;
	char name[MAX_CONTAINER_NAME + 1];
	struct pair sign, enc;
};

struct file {
	char name[MAX_FILE_NAME + 1];
	uint32_t read, write;
	struct blob content;
};

struct app {
	uint64_t id;
	char name[MAX_APP_NAME + 1];
	uint32_t create_files;
	struct pin pins[2]; /* by ADMIN_TYPE, USER_TYPE */
	uint32_t containers, files;
	struct container container[MAX_CONTAINERS];
	struct file file[MAX_FILES];
};

struct token {
	char magic[8];
	char serial[32], label[MAX_LABEL + 1];
	uint8_t auth_key[16];
	uint32_t auth_left, auth_epoch;
	uint64_t last_id;
	uint32_t apps;
	struct app app[MAX_APPS];
};

/* A handle, as programs hold it. */
enum kind { DEVICE = 0x5A01, APPLICATION, CONTAINER, KEY, HASH, MAC };

struct cipher; /* symmetric.c */

struct handle {
	enum kind kind;
	struct handle *parent, *next;
	/* DEVICE */
	char name[MAX_DEVICE_NAME + 1];
	long plugged;  /* how often the device had been plugged in */
	bool dead;     /* it was seen to be gone */
	int lock;      /* descriptor of SKF_LockDev, or -1 */
	uint8_t challenge[8];
	bool challenged;
	uint32_t auth_epoch; /* 0: not authenticated */
	/* APPLICATION and CONTAINER */
	uint64_t id;
	uint32_t verified[2]; /* the epoch of each PIN when it was verified, or 0 */
	/* KEY, HASH and MAC */
	struct cipher *cipher;
};

/* A call, from its entry to its answer. */
enum { MAX_ACTIVE = 16 };

struct active {
	char name[32], value[96];
};

struct call {
	const char *function;
	ULONG answer;
	int actives;
	struct active active[MAX_ACTIVE]; /* the faults aimed at this call */
	char device[MAX_DEVICE_NAME + 1]; /* whose token is loaded, or "" */
	int lock;
	struct token token;
	bool changed;
};

/* RUN is the body of every function: c is the call, body an expression of it. */
#define RUN(body) \
	do { \
		struct call *c = call_begin(__func__); \
		if (!c->answer) \
			c->answer = (body); \
		return call_end(c); \
	} while (0)

/* call.c */
struct call *call_begin(const char *function);
ULONG call_end(struct call *c);
ULONG put(struct call *c, const void *data, size_t n, void *out, ULONG *len);
ULONG put_struct(struct call *c, const void *data, size_t n, void *out);
ULONG put_names(struct call *c, const char *const *names, size_t n, char *out, ULONG *len);

/* handle.c */
struct handle *open_handle(enum kind kind, struct handle *parent);
ULONG hand_out(struct call *c, struct handle *h, HANDLE *out);
ULONG close_handle(struct call *c, HANDLE h, enum kind from, enum kind to);
struct handle *use(struct call *c, HANDLE h, enum kind kind);
struct app *use_app(struct call *c, HANDLE h, struct handle **handle);
struct container *use_container(struct call *c, HANDLE h, struct handle **handle);
ULONG need_user(struct call *c, const struct app *app, const struct handle *h);
bool is_verified(struct call *c, const struct app *app, const struct handle *h, ULONG type);
struct handle *device_of(struct handle *h);
void kill_handles(const char *device);

/* fault.c */
const char *directory(void);
void aim(struct call *c);
const char *on(const struct call *c, const char *fault);
long number(const char *value, long otherwise);
const char *setting(const char *name, const char *otherwise);
ULONG misbehave(struct call *c, bool late);
void crash(void) __attribute__((noreturn));
void hang(void) __attribute__((noreturn));

/* state.c */
size_t devices(char names[][MAX_DEVICE_NAME + 1], size_t max);
bool is_present(const char *device);
void unplug(const char *device);
int lock_token(const char *device, long milliseconds);
bool load_token(struct call *c, const char *device);
bool save_token(struct call *c);
void free_token(struct token *t);
bool set_blob(struct blob *b, const void *data, size_t n);
void drop_blob(struct blob *b);
extern struct handle *handles;
void library_lock(void);
void library_unlock(void);

/* sm2.c, by libcrypto */
bool sm2_generate(struct pair *p);
bool sm2_matches(const struct pair *p);
bool sm2_public_of(struct pair *p); /* fills x and y from d */
bool sm2_sign(const struct pair *p, const uint8_t e[32], uint8_t r[32], uint8_t s[32]);
bool sm2_verify(const struct pair *p, const uint8_t e[32], const uint8_t r[32], const uint8_t s[32]);
bool sm2_encrypt(const struct pair *p, const uint8_t *plain, size_t n, ECCCIPHERBLOB *out);
bool sm2_decrypt(const struct pair *p, const ECCCIPHERBLOB *in, uint8_t *plain, size_t *n);
bool sm2_public(const ECCPUBLICKEYBLOB *blob, struct pair *p);
void sm2_blob(const struct pair *p, ECCPUBLICKEYBLOB *blob);
bool sm3_z(const struct pair *p, const void *id, size_t idlen, uint8_t z[32]);
bool sm3(const void *a, size_t alen, const void *b, size_t blen, uint8_t out[32]);
bool sm4(bool encrypt, const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t n); /* ECB, whole blocks */
bool certificate_key(const uint8_t *der, size_t n, uint8_t x[32], uint8_t y[32]);
size_t certificate_for(const struct pair *p, uint8_t *der, size_t max);

/* symmetric.c */
struct handle *open_key(struct handle *parent, const uint8_t key[16], ULONG alg);
void free_cipher(struct cipher *s);
bool is_sm4(ULONG alg);

#endif
