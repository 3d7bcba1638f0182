<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
