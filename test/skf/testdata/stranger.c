/*
 * stranger LIBRARY: a program whose header has ULONG of 64 bits and structures
 * that are not packed, on the library whose header has neither. Nothing of it may
 * be overwritten, and what it hands in must be refused and not misread.
 */
#include "client.h"

int main(int argc, char **argv)
{
	CHECK(argc == 2 && sizeof(ULONG) == 8 && sizeof(DEVINFO) == 328);
	open_library(argv[1]);

	/* Upper halves that are not written must be set before: such programs are. */
	ULONG n = 0, m;
	WANT(SAR_OK, (unsigned)CALL(SKF_EnumDev, 1, NULL, &n));
	char *names = malloc(n);
	WANT(SAR_OK, (unsigned)CALL(SKF_EnumDev, 1, names, &n));
	DEVHANDLE dev;
	WANT(SAR_OK, (unsigned)CALL(SKF_ConnectDev, names, &dev));

	/* The probe of skf.h tells such a program where it is. */
	BYTE probe[512];
	memset(probe, 0xA5, sizeof probe);
	WANT(SAR_OK, (unsigned)CALL(SKF_GetDevInfo, dev, (DEVINFO *)probe));
	int written = sizeof probe;
	while (written > 0 && probe[written - 1] == 0xA5)
		written--;
	CHECK(written == 294);

	/* And if it does not ask: */
	BYTE *structure = hear(&m); /* an ECCPUBLICKEYBLOB of its own layout */
	CHECK(m == sizeof(ECCPUBLICKEYBLOB));
	BYTE e[32] = {0};
	ECCSIGNATUREBLOB sig;
	memset(&sig, 1, sizeof sig);
	WANT(SAR_INDATAERR, (unsigned)CALL(SKF_ECCVerify, dev, (ECCPUBLICKEYBLOB *)structure, e, 32, &sig));
	ECCCIPHERBLOB *sealed = malloc(sizeof *sealed + 16), *before = malloc(sizeof *sealed + 16);
	memset(sealed, 0x5A, sizeof *sealed + 16);
	memcpy(before, sealed, sizeof *sealed + 16);
	WANT(SAR_INDATAERR, (unsigned)CALL(SKF_ExtECCEncrypt, dev, (ECCPUBLICKEYBLOB *)structure, e, 16, sealed));
	CHECK(!memcmp(sealed, before, sizeof *sealed + 16));
	HANDLE key, hash;
	WANT(SAR_INDATAERR, (unsigned)CALL(SKF_DigestInit, dev, SGD_SM3, (ECCPUBLICKEYBLOB *)structure, e, 16, &hash));
	BLOCKCIPHERPARAM param;
	memset(&param, 0, sizeof param);
	param.IVLen = 16;
	param.PaddingType = 1;
	WANT(SAR_OK, (unsigned)CALL(SKF_SetSymmKey, dev, (BYTE *)"sixteen octets..", SGD_SM4_CBC, &key));
	WANT(SAR_INVALIDPARAMERR, (unsigned)CALL(SKF_EncryptInit, key, param));
	WANT(SAR_INVALIDPARAMERR, (unsigned)CALL(SKF_MacInit, key, &param, &hash));
	WANT(SAR_OK, (unsigned)CALL(SKF_DisConnectDev, dev));
	free(names);
	free(structure);
	free(sealed);
	free(before);
	return 0;
}
