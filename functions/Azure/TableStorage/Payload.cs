using System.Text.Json;

namespace Serverless.Azure.TableStorage;

/// <summary>Up to 900 KiB as binary properties D0 to De of up to 64 KiB each, which is the most of one.</summary>
internal static class Payload
{
    public const int PropertyBytes = 64 << 10;

    public static string Name(int part) => $"D{part:x}";

    /// <summary>How many bytes of JSON a payload makes, at most: base64 is four thirds of it.</summary>
    public static int SizeInJson(int length) => ((length + 2) / 3 * 4) + (((length / PropertyBytes) + 1) * 64);

    public static byte[] Read(JsonElement entity)
    {
        var payload = Property(entity, 0);
        if (payload.Length < PropertyBytes)
        {
            return payload;
        }

        using var whole = new MemoryStream(2 * PropertyBytes);
        for (var part = 0; payload.Length > 0; payload = Property(entity, ++part))
        {
            whole.Write(payload);
        }

        return whole.ToArray();
    }

    private static byte[] Property(JsonElement entity, int part) =>
        entity.TryGetProperty(Name(part), out var property) ? property.GetBytesFromBase64() : [];
}
