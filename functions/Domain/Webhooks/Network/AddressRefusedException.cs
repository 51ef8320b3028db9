namespace Serverless.Domain.Webhooks.Network;

/// <summary>A host has an address that may not be called. The message does not say which: a tenant learns nothing of a private network's names.</summary>
public sealed class AddressRefusedException() : Exception("The host's address may not be called.");
