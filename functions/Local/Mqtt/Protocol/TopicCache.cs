using System.Buffers;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>
/// Remembers a connection's latest topic name: most devices publish to one topic only, and need not have it decoded, checked and allocated each time.
/// </summary>
internal sealed class TopicCache
{
    private byte[] bytes = [];
    private string name = "";

    public string Read(in ReadOnlySequence<byte> encoded)
    {
        if (name.Length > 0 && encoded.Length == bytes.Length && Same(encoded))
        {
            return name;
        }

        name = Topic.CheckName(FieldReader.DecodeString(encoded));
        bytes = encoded.ToArray();
        return name;
    }

    private bool Same(in ReadOnlySequence<byte> encoded)
    {
        var reader = new SequenceReader<byte>(encoded);
        return reader.IsNext(bytes);
    }
}
