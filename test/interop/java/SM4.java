import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jcajce.io.CipherInputStream;
import org.bouncycastle.jcajce.io.CipherOutputStream;
import org.bouncycastle.operator.GenericKey;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.OutputEncryptor;

/**
 * SM4 in CBC mode where messages and key files name it. BouncyCastle 1.72 has the cipher, and does
 * not know it by its identifier 1.2.156.10197.1.104.2.
 */
final class SM4 {
  private SM4() {}

  private static Cipher cipher() throws GeneralSecurityException {
    return Cipher.getInstance("SM4/CBC/PKCS5Padding", "BC");
  }

  /** Decrypts as the algorithm says, whose parameters are the IV. */
  static InputDecryptor decryptor(AlgorithmIdentifier algorithm, byte[] key)
      throws GeneralSecurityException {
    if (!algorithm.getAlgorithm().equals(GMObjectIdentifiers.sms4_cbc)) {
      throw new GeneralSecurityException("encrypted with " + algorithm.getAlgorithm());
    }
    byte[] iv = ASN1OctetString.getInstance(algorithm.getParameters()).getOctets();
    Cipher cipher = cipher();
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "SM4"), new IvParameterSpec(iv));
    return new InputDecryptor() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return algorithm;
      }

      @Override
      public InputStream getInputStream(InputStream in) {
        return new CipherInputStream(in, cipher);
      }
    };
  }

  /** Encrypts under key with a fresh IV. outer names the algorithm with that IV in it. */
  static OutputEncryptor encryptor(
      byte[] key, java.util.function.UnaryOperator<AlgorithmIdentifier> outer)
      throws GeneralSecurityException {
    Cipher cipher = cipher();
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "SM4"));
    var algorithm =
        outer.apply(
            new AlgorithmIdentifier(
                GMObjectIdentifiers.sms4_cbc, new DEROctetString(cipher.getIV())));
    return new OutputEncryptor() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return algorithm;
      }

      @Override
      public OutputStream getOutputStream(OutputStream out) {
        return new CipherOutputStream(out, cipher);
      }

      @Override
      public GenericKey getKey() {
        return new GenericKey(algorithm, key);
      }
    };
  }

  /** A fresh key. */
  static byte[] key() throws GeneralSecurityException {
    return javax.crypto.KeyGenerator.getInstance("SM4", "BC").generateKey().getEncoded();
  }
}
