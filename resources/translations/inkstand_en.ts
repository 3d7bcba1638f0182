<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>LibrarySearch</name>
    <message numerus="yes">
        <source>%Ln documents</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PeopleBar</name>
    <message numerus="yes">
        <source>%Ln more people are here</source>
        <translation>
            <numerusform>%Ln more person is here</numerusform>
            <numerusform>%Ln more people are here</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RelaysDialog</name>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%n document</numerusform>
            <numerusform>%n documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send %n document(s) to another relay?</source>
        <translation>
            <numerusform>Send %n document to another relay?</numerusform>
            <numerusform>Send %n documents to another relay?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message numerus="yes">
        <source>%Ln things are amiss:</source>
        <translation>
            <numerusform>%Ln thing is amiss:</numerusform>
            <numerusform>%Ln things are amiss:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln documents are in %1.</source>
        <translation>
            <numerusform>%Ln document is in %1.</numerusform>
            <numerusform>%Ln documents are in %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WordLabel</name>
    <message numerus="yes">
        <source>%Ln words</source>
        <translation>
            <numerusform>%Ln word</numerusform>
            <numerusform>%Ln words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln words today</source>
        <translation>
            <numerusform>%Ln word today</numerusform>
            <numerusform>%Ln words today</numerusform>
        </translation>
    </message>
</context>
</TS>
