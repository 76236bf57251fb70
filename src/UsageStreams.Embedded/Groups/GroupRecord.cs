using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Groups;

/// <summary>A member as the journal keeps it.</summary>
internal sealed record MemberRecord(JoinRequest Joined, byte[] Assignment)
{
    public static MemberRecord From(Member member) => new(
        new JoinRequest(
            "", member.Id, member.InstanceId, member.ClientId, member.ClientHost, member.SessionTimeout, member.RebalanceTimeout, "",
            member.Protocols, RequiresMemberId: true, CanSkipAssignment: false),
        member.Assignment);
}

/// <summary>A group's membership as the journal keeps it.</summary>
internal sealed record GroupRecord(
    int Generation, string ProtocolType, string ProtocolName, string Leader, bool Rebalancing, IReadOnlyList<MemberRecord> Members)
{
    public const string KeyPrefix = "group/";
    private const short Version = 0;

    public static string Key(string group) => KeyPrefix + group;

    public byte[] ToBytes()
    {
        using var writer = new WireWriter { Flexible = true };
        writer.WriteInt16(Version);
        writer.WriteInt32(Generation);
        writer.WriteString(ProtocolType);
        writer.WriteString(ProtocolName);
        writer.WriteString(Leader);
        writer.WriteBoolean(Rebalancing);
        writer.WriteArrayLength(Members.Count);
        foreach (var member in Members)
            WriteMember(writer, member);
        return writer.WrittenSpan.ToArray();
    }

    public static GroupRecord FromBytes(byte[] bytes)
    {
        var reader = new WireReader();
        reader.Reset(bytes, 0, bytes.Length);
        reader.Flexible = true;
        RecordVersion.Check(reader, Version, "group");
        int generation = reader.ReadInt32();
        string type = reader.ReadString();
        string name = reader.ReadString();
        string leader = reader.ReadString();
        bool rebalancing = reader.ReadBoolean();
        var members = new MemberRecord[reader.ReadArrayLength()];
        for (int i = 0; i < members.Length; i++)
            members[i] = ReadMember(reader, type);
        return new GroupRecord(generation, type, name, leader, rebalancing, members);
    }

    private static void WriteMember(WireWriter writer, MemberRecord member)
    {
        var joined = member.Joined;
        writer.WriteString(joined.MemberId);
        writer.WriteNullableString(joined.InstanceId);
        writer.WriteString(joined.ClientId);
        writer.WriteString(joined.ClientHost);
        writer.WriteInt64(joined.SessionTimeout.Ticks);
        writer.WriteInt64(joined.RebalanceTimeout.Ticks);
        writer.WriteArrayLength(joined.Protocols.Count);
        foreach (var protocol in joined.Protocols)
        {
            writer.WriteString(protocol.Name);
            writer.WriteBytes(protocol.Metadata);
        }

        writer.WriteBytes(member.Assignment);
    }

    private static MemberRecord ReadMember(WireReader reader, string protocolType)
    {
        string id = reader.ReadString();
        string? instance = reader.ReadNullableString();
        string clientId = reader.ReadString();
        string clientHost = reader.ReadString();
        var session = TimeSpan.FromTicks(reader.ReadInt64());
        var rebalance = TimeSpan.FromTicks(reader.ReadInt64());
        var protocols = new MemberProtocol[reader.ReadArrayLength()];
        for (int i = 0; i < protocols.Length; i++)
            protocols[i] = new MemberProtocol(reader.ReadString(), reader.ReadBytes());
        var joined = new JoinRequest("", id, instance, clientId, clientHost, session, rebalance, protocolType, protocols, true, false);
        return new MemberRecord(joined, reader.ReadBytes());
    }
}
