using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Values by byte strings, looked up without making an object of the key.</summary>
internal sealed class ByteCache<T>
    where T : class
{
    private readonly Dictionary<int, Entry> entries = [];

    public T? Find(ReadOnlySpan<byte> key)
    {
        var entry = entries.GetValueOrDefault(Hash(key));
        while (entry is not null && !key.SequenceEqual(entry.Key))
        {
            entry = entry.Next;
        }

        return entry?.Value;
    }

    public void Add(ReadOnlySpan<byte> key, T value)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, Hash(key), out _);
        slot = new Entry(key.ToArray(), value, slot);
    }

    /// <summary>The hash that .NET has for strings, pairs of bytes taken for characters: its key is secret and random, so that nobody can write keys which collide.</summary>
    private static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(key), StringComparison.Ordinal);
        return key.Length % 2 == 0 ? hash : (hash * 31) + key[^1];
    }

    private sealed record Entry(byte[] Key, T Value, Entry? Next);
}
