/* An SKF library that does next to nothing: what a call through the host costs
 * then is what the host costs. */
#include <string.h>

typedef unsigned int ULONG;

ULONG SKF_EnumDev(int present, char *list, ULONG *size)
{
	(void)present;
	memcpy(list, "A\0", 3);
	*size = 3;
	return 0;
}

ULONG SKF_ConnectDev(const char *name, void **dev)
{
	(void)name;
	*dev = (void *)1;
	return 0;
}

ULONG SKF_DisConnectDev(void *dev)
{
	(void)dev;
	return 0;
}

ULONG SKF_GetDevInfo(void *dev, unsigned char *info)
{
	(void)dev;
	memset(info, 0, 294);
	return 0;
}

#define ABSENT(name) ULONG name(void) { return 0x0A000003; }
ABSENT(SKF_EnumApplication)
ABSENT(SKF_OpenApplication)
ABSENT(SKF_EnumContainer)
ABSENT(SKF_OpenContainer)
ABSENT(SKF_VerifyPIN)
ABSENT(SKF_ECCSignData)
ABSENT(SKF_ExportCertificate)
