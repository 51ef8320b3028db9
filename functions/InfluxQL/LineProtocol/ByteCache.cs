using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Values by byte strings, looked up without making an object of the key.</summary>
internal sealed class ByteCache<T>
    where T : class
{
    private readonly Dictionary<ulong, Entry> entries = [];

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

    /// <summary>Eight bytes at a time; keys that collide are chained, and a chain is as long as its writer makes it, within one body.</summary>
    private static ulong Hash(ReadOnlySpan<byte> key)
    {
        var hash = (ulong)key.Length * 0x9E3779B97F4A7C15;
        while (key.Length >= 8)
        {
            hash = (ulong.RotateLeft(hash, 5) ^ MemoryMarshal.Read<ulong>(key)) * 0x9E3779B97F4A7C15;
            key = key[8..];
        }

        foreach (var b in key)
        {
            hash = (ulong.RotateLeft(hash, 5) ^ b) * 0x9E3779B97F4A7C15;
        }

        return hash ^ (hash >> 32);
    }

    private sealed record Entry(byte[] Key, T Value, Entry? Next);
}
