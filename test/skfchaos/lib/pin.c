/* pin.c: 7.2, the device key and the PINs. A try is spent durably before the
   comparison: who pulls the token out has lost it. */
#include <string.h>

#include <openssl/crypto.h>

#include "chaos.h"

static ULONG change_dev_auth_key(struct call *c, DEVHANDLE h, const BYTE *key, ULONG n)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (!key || n != 16)
		return SAR_INDATALENERR;
	if (dev->auth_epoch != c->token.auth_epoch)
		return SAR_USER_NOT_LOGGED_IN;
	memcpy(c->token.auth_key, key, 16);
	c->token.auth_epoch++;
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_ChangeDevAuthKey(DEVHANDLE hDev, BYTE *pbKeyValue, ULONG ulKeyLen) { RUN(change_dev_auth_key(c, hDev, pbKeyValue, ulKeyLen)); }

/* dev_auth compares the first eight octets of the challenge, as cards do. */
static ULONG dev_auth(struct call *c, DEVHANDLE h, const BYTE *answer, ULONG n)
{
	struct handle *dev = use(c, h, DEVICE);
	struct token *t = &c->token;
	uint8_t opened[16];
	if (!dev)
		return c->answer;
	if (!answer || n != 16)
		return SAR_INDATALENERR;
	if (!dev->challenged)
		return SAR_NOTINITIALIZEERR;
	dev->challenged = false;
	dev->auth_epoch = 0;
	if (t->auth_left == 0)
		return SAR_PIN_LOCKED;
	t->auth_left--;
	if (!save_token(c) || !sm4(false, t->auth_key, answer, opened, sizeof opened))
		return SAR_FILEERR;
	if (CRYPTO_memcmp(opened, dev->challenge, sizeof dev->challenge) != 0)
		return t->auth_left ? SAR_PIN_INCORRECT : SAR_PIN_LOCKED;
	t->auth_left = MAX_TRIES;
	c->changed = true;
	dev->auth_epoch = t->auth_epoch;
	return SAR_OK;
}

ULONG SKF_DevAuth(DEVHANDLE hDev, BYTE *pbAuthData, ULONG ulLen) { RUN(dev_auth(c, hDev, pbAuthData, ulLen)); }

/* tell says how many tries are left, if a program wants to know. */
static void tell(struct call *c, ULONG *retry, uint32_t left)
{
	const char *lie = on(c, "lie-tries");
	if (!retry || on(c, "silent-tries"))
		return;
	*retry = lie ? (ULONG)number(lie, 99) : left;
}

static bool has_length(const char *pin)
{
	return pin && strlen(pin) >= MIN_PIN && strlen(pin) <= MAX_PIN;
}

/* try_pin spends a try on given. */
static ULONG try_pin(struct call *c, struct pin *p, const char *given, ULONG *retry)
{
	if (p->left == 0) {
		tell(c, retry, 0);
		return SAR_PIN_LOCKED;
	}
	p->left--;
	if (!save_token(c))
		return SAR_FILEERR;
	char padded[MAX_PIN + 1] = "";
	strcpy(padded, given);
	bool right = CRYPTO_memcmp(padded, p->text, sizeof padded) == 0;
	OPENSSL_cleanse(padded, sizeof padded);
	c->changed = true;
	if (right)
		p->left = p->max;
	else if (p->left == 0)
		p->epoch++; /* the lock ends every session */
	tell(c, retry, p->left);
	if (right)
		return SAR_OK;
	return p->left ? SAR_PIN_INCORRECT : SAR_PIN_LOCKED;
}

static void set_pin(struct pin *p, const char *text)
{
	memset(p->text, 0, sizeof p->text);
	strcpy(p->text, text);
	p->epoch++;
}

static ULONG verify_pin(struct call *c, HAPPLICATION h, ULONG type, const char *pin, ULONG *retry)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (type > USER_TYPE)
		return SAR_USER_TYPE_INVALID;
	if (!has_length(pin))
		return SAR_PIN_LEN_RANGE;
	struct pin *p = &a->pins[type];
	app->verified[type] = 0;
	ULONG answer = try_pin(c, p, pin, retry);
	if (answer == SAR_OK)
		app->verified[type] = p->open = p->epoch;
	return answer;
}

ULONG SKF_VerifyPIN(HAPPLICATION hApp, ULONG ulPINType, LPSTR szPIN, ULONG *pulRetryCount)
{
	RUN(verify_pin(c, hApp, ulPINType, szPIN, pulRetryCount));
}

static ULONG change_pin(struct call *c, HAPPLICATION h, ULONG type, const char *old, const char *next, ULONG *retry)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (type > USER_TYPE)
		return SAR_USER_TYPE_INVALID;
	if (!has_length(old) || !has_length(next))
		return SAR_PIN_LEN_RANGE;
	ULONG answer = try_pin(c, &a->pins[type], old, retry);
	if (answer == SAR_OK) {
		set_pin(&a->pins[type], next);
		a->pins[type].first = 0;
	}
	return answer;
}

ULONG SKF_ChangePIN(HAPPLICATION hApp, ULONG ulPINType, LPSTR szOldPin, LPSTR szNewPin, ULONG *pulRetryCount)
{
	RUN(change_pin(c, hApp, ulPINType, szOldPin, szNewPin, pulRetryCount));
}

static ULONG unblock_pin(struct call *c, HAPPLICATION h, const char *admin, const char *next, ULONG *retry)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (!has_length(admin) || !has_length(next))
		return SAR_PIN_LEN_RANGE;
	ULONG answer = try_pin(c, &a->pins[ADMIN_TYPE], admin, retry);
	if (answer == SAR_OK) {
		struct pin *user = &a->pins[USER_TYPE];
		set_pin(user, next);
		user->left = user->max;
	}
	return answer;
}

ULONG SKF_UnblockPIN(HAPPLICATION hApp, LPSTR szAdminPIN, LPSTR szNewUserPIN, ULONG *pulRetryCount)
{
	RUN(unblock_pin(c, hApp, szAdminPIN, szNewUserPIN, pulRetryCount));
}

static ULONG pin_info(struct call *c, HAPPLICATION h, ULONG type, ULONG *max, ULONG *remain, BOOL *is_default)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (on(c, "no-tries"))
		return SAR_NOTSUPPORTYETERR;
	if (type > USER_TYPE)
		return SAR_USER_TYPE_INVALID;
	const struct pin *p = &a->pins[type];
	if (max)
		*max = (ULONG)number(on(c, "lie-max"), (long)p->max);
	tell(c, remain, p->left);
	if (is_default)
		*is_default = (BOOL)number(on(c, "lie-default"), (long)p->first);
	return SAR_OK;
}

ULONG SKF_GetPINInfo(HAPPLICATION hApp, ULONG ulPINType, ULONG *pulMax, ULONG *pulRemain, BOOL *pbDefault)
{
	RUN(pin_info(c, hApp, ulPINType, pulMax, pulRemain, pbDefault));
}

static ULONG clear_secure_state(struct call *c, HAPPLICATION h)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	for (int type = 0; type < 2; type++)
		app->verified[type] = a->pins[type].open = 0;
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_ClearSecureState(HAPPLICATION hApp) { RUN(clear_secure_state(c, hApp)); }
