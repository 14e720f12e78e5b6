import static java.util.Map.entry;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jcajce.spec.SM2ParameterSpec;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.Arrays;

/** Bare SM2: keys, signatures and ciphers (GB/T 32918, GB/T 35276). */
final class Keys {
  private Keys() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(
          entry("signature", Keys::signature),
          entry("cipher", Keys::cipher),
          entry("bare-cipher", Keys::bareCipher),
          entry("enveloped-key", Keys::envelopedKey),
          entry("make-signature", Keys::makeSignature),
          entry("make-cipher", Keys::makeCipher),
          entry("make-bare-cipher", Keys::makeBareCipher));

  private static final byte[] DEFAULT_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
  private static final X9ECParameters CURVE = GMNamedCurves.getByName("sm2p256v1");
  private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);

  // ---- keys

  /** The public key of a DER SubjectPublicKeyInfo. */
  static PublicKey publicKey(byte[] spki) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC", "BC").generatePublic(new X509EncodedKeySpec(spki));
  }

  /** The private key of 32 octets. */
  static ECPrivateKeyParameters scalar(byte[] d) {
    return new ECPrivateKeyParameters(new BigInteger(1, d), DOMAIN);
  }

  /** The public key of the private key d: 04, x, y. */
  static byte[] point(BigInteger d) {
    return DOMAIN.getG().multiply(d).getEncoded(false);
  }

  static PrivateKeyInfo privateKeyInfo(byte[] d) throws Exception {
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, GMObjectIdentifiers.sm2p256v1),
        new ECPrivateKey(256, new BigInteger(1, d)));
  }

  static PrivateKey privateKey(byte[] d) throws Exception {
    return new org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter()
        .setProvider("BC")
        .getPrivateKey(privateKeyInfo(d));
  }

  // ---- signatures

  /** Is sig, a DER SM2Signature, that of key over message, with the usual user id? */
  static boolean verify(PublicKey key, byte[] message, byte[] sig) throws GeneralSecurityException {
    Signature s = Signature.getInstance("SM3withSM2", "BC");
    s.setParameter(new SM2ParameterSpec(DEFAULT_ID));
    s.initVerify(key);
    s.update(message);
    return s.verify(sig);
  }

  /** signature SPKI MESSAGE SM2SIGNATURE */
  private static String signature(String[] args) throws Exception {
    PublicKey key = publicKey(Judge.read(args[0]));
    boolean right = verify(key, Judge.read(args[1]), Judge.read(args[2]));
    Judge.require(right, "wrong signature");
    return "signature";
  }

  /** make-signature D MESSAGE */
  private static String makeSignature(String[] args) throws Exception {
    Signature s = Signature.getInstance("SM3withSM2", "BC");
    s.setParameter(new SM2ParameterSpec(DEFAULT_ID));
    s.initSign(privateKey(Judge.read(args[0])));
    s.update(Judge.read(args[1]));
    return Judge.made(s.sign());
  }

  // ---- ciphers

  /** Opens SM2Cipher ::= SEQUENCE {x, y INTEGER, hash, text OCTET STRING}. */
  static byte[] open(ASN1Sequence cipher, byte[] d) throws Exception {
    Judge.require(cipher.size() == 4, "SM2Cipher has " + cipher.size() + " members");
    ECPoint c1 = CURVE.getCurve().validatePoint(integer(cipher, 0), integer(cipher, 1));
    byte[] hash = Judge.octets(cipher, 2);
    byte[] bare = Arrays.concatenate(c1.getEncoded(false), hash, Judge.octets(cipher, 3));
    return open(SM2Engine.Mode.C1C3C2, bare, d);
  }

  private static byte[] open(SM2Engine.Mode order, byte[] cipher, byte[] d) throws Exception {
    SM2Engine engine = new SM2Engine(order);
    engine.init(false, scalar(d));
    return engine.processBlock(cipher, 0, cipher.length);
  }

  private static byte[] seal(SM2Engine.Mode order, byte[] spki, byte[] plain) throws Exception {
    SM2Engine engine = new SM2Engine(order);
    var key = (ECPublicKeyParameters) PublicKeyFactory.createKey(spki);
    engine.init(true, new ParametersWithRandom(key));
    return engine.processBlock(plain, 0, plain.length);
  }

  /** The DER SM2Cipher of plain for the key in spki. */
  static byte[] seal(byte[] spki, byte[] plain) throws Exception {
    byte[] c = seal(SM2Engine.Mode.C1C3C2, spki, plain);
    var members = new ASN1EncodableVector();
    members.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(c, 1, 33))));
    members.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(c, 33, 65))));
    members.add(new DEROctetString(Arrays.copyOfRange(c, 65, 97)));
    members.add(new DEROctetString(Arrays.copyOfRange(c, 97, c.length)));
    return new DERSequence(members).getEncoded();
  }

  /** cipher D SM2CIPHER PLAIN */
  private static String cipher(String[] args) throws Exception {
    byte[] plain = open(ASN1Sequence.getInstance(Judge.read(args[1])), Judge.read(args[0]));
    return Judge.same(plain, Judge.read(args[2]));
  }

  /** bare-cipher C1C3C2|C1C2C3 D CIPHER PLAIN, the point with its leading 04 */
  private static String bareCipher(String[] args) throws Exception {
    var order = SM2Engine.Mode.valueOf(args[0]);
    return Judge.same(open(order, Judge.read(args[2]), Judge.read(args[1])), Judge.read(args[3]));
  }

  /** make-cipher SPKI PLAIN */
  private static String makeCipher(String[] args) throws Exception {
    return Judge.made(seal(Judge.read(args[0]), Judge.read(args[1])));
  }

  /** make-bare-cipher C1C3C2|C1C2C3 SPKI PLAIN */
  private static String makeBareCipher(String[] args) throws Exception {
    var order = SM2Engine.Mode.valueOf(args[0]);
    return Judge.made(seal(order, Judge.read(args[1]), Judge.read(args[2])));
  }

  /**
   * enveloped-key D SM2ENVELOPEDKEY: SEQUENCE {algorithm, SM2Cipher, public BIT STRING, encrypted
   * BIT STRING}. The key that comes out must belong to the public key inside.
   */
  private static String envelopedKey(String[] args) throws Exception {
    var envelope = ASN1Sequence.getInstance(Judge.read(args[1]));
    var algorithm = AlgorithmIdentifier.getInstance(envelope.getObjectAt(0));
    byte[] secret = open(ASN1Sequence.getInstance(envelope.getObjectAt(1)), Judge.read(args[0]));
    byte[] point = Judge.bits(envelope, 2);
    byte[] encrypted = Judge.bits(envelope, 3);
    Judge.require(encrypted.length % 16 == 0 && encrypted.length >= 32, "encrypted key is cut off");
    Judge.require(algorithm.getAlgorithm().equals(GMObjectIdentifiers.sms4_ecb), "not SM4 in ECB");
    Cipher sm4 = Cipher.getInstance("SM4/ECB/NoPadding", "BC");
    sm4.init(Cipher.DECRYPT_MODE, new SecretKeySpec(secret, "SM4"));
    byte[] d = sm4.doFinal(encrypted);
    d = Arrays.copyOfRange(d, d.length - 32, d.length);
    Judge.require(Arrays.areEqual(point(new BigInteger(1, d)), point), "key of another public key");
    return "key of " + algorithm.getAlgorithm();
  }

  private static BigInteger integer(ASN1Sequence s, int at) {
    return ASN1Integer.getInstance(s.getObjectAt(at)).getPositiveValue();
  }
}
