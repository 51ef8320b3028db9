using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Local.Certificates;

/// <summary>PEM files that are whole or not there.</summary>
internal static class PemFile
{
    /// <returns>The certificate with its key, or null where a file is missing or cannot be read, or the key is another's.</returns>
    public static X509Certificate2? TryRead(string path, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path, keyPath);
        }
        catch (Exception exception) when (exception is FileNotFoundException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Replaces a file at once; a secret one can be read by its owner only, from its first byte on.</summary>
    public static void Write(string path, string text, bool secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var temporary = path + ".new";
        File.Delete(temporary);
        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(text);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
