using System.Buffers;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>One whole control packet: its type, the four flags of its first byte and what follows the fixed header.</summary>
internal readonly record struct Frame(PacketType Type, byte Flags, ReadOnlySequence<byte> Body);
