using System.IO.Compression;
using System.Text;

namespace Serverless.Acceptance.Tests.Support;

internal static class Gzip
{
    public static byte[] Compress(string text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return target.ToArray();
    }
}
