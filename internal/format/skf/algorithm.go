package skf

// Numbers of algorithms (GM/T 0006): a family and, for block ciphers, a mode.
const (
	SM4ECB uint32 = 0x00000401
	SM4CBC uint32 = 0x00000402
	SM4CFB uint32 = 0x00000404
	SM4OFB uint32 = 0x00000408
	SM4MAC uint32 = 0x00000410

	SM3 uint32 = 0x00000001
)

// Numbers of SM2. SKF headers and the list of GM/T 0006 count differently:
// 0x20200 signs in the one and exchanges keys in the other.
const (
	SM2Sign     uint32 = 0x00020100 // in GM/T 0006: SM2 of any use
	SM2Exchange uint32 = 0x00020200 // in GM/T 0006: signing
	SM2Encrypt  uint32 = 0x00020400 // in GM/T 0006: key exchange
)

// IsSM2Signing reports whether alg asks for a signing pair in either list.
func IsSM2Signing(alg uint32) bool { return alg == SM2Sign || alg == SM2Exchange }

// IsSM4 reports whether alg is SM4 in a mode of this list.
func IsSM4(alg uint32) bool {
	switch alg {
	case SM4ECB, SM4CBC, SM4CFB, SM4OFB, SM4MAC:
		return true
	}
	return false
}

// Paddings of a BLOCKCIPHERPARAM.
const (
	NoPadding uint32 = 0
	PKCS5     uint32 = 1
)

// States of a device, as SKF_GetDevState tells them.
const (
	DeviceAbsent  uint32 = 0
	DevicePresent uint32 = 1
	DeviceUnknown uint32 = 2
)

// Events of SKF_WaitForDevEvent.
const (
	DeviceInserted uint32 = 1
	DeviceGone     uint32 = 2
)

// Types of a container, as SKF_GetContainerType tells them.
const (
	ContainerEmpty uint32 = 0
	ContainerRSA   uint32 = 1
	ContainerECC   uint32 = 2
)
